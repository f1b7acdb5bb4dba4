/**
 *   unreachable      no broker answers, or the connection was lost
 *   topic-missing    the cluster has no such topic
 *   moved            leaders, topic ids or logs changed: open again
 *   unauthenticated  the broker wants other credentials
 *   untrusted        TLS: the broker's certificate is not one to trust, or one side speaks TLS and the other does not
 *   unsaved          what must be known after a restart could not be written down
 *   refused          anything else a broker says
 */
export type Fault = 'unreachable' | 'topic-missing' | 'moved' | 'unauthenticated' | 'untrusted' | 'unsaved' | 'refused';

/** Why reading from Kafka stopped for now; `read` turns it into a state and tries again. */
export class KafkaFault extends Error {
  readonly fault: Fault;
  /** `topic-missing`: its name, and those there are. */
  readonly missing: { readonly topic: string; readonly topics: readonly string[] } | null;

  constructor(
    fault: Fault,
    message: string,
    options?: { cause?: unknown; missing?: { readonly topic: string; readonly topics: readonly string[] } },
  ) {
    super(message, options);
    this.name = 'KafkaFault';
    this.fault = fault;
    this.missing = options?.missing ?? null;
  }
}

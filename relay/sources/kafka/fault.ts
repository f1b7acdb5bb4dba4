/**
 *   unreachable      no broker answers, or the connection was lost
 *   topic-missing    the cluster has no such topic
 *   moved            leaders, topic id or fetch session changed: open again
 *   unauthenticated  the broker wants other credentials
 *   refused          anything else a broker says
 */
export type Fault = 'unreachable' | 'topic-missing' | 'moved' | 'unauthenticated' | 'refused';

/** Why reading from Kafka stopped for now; `read` turns it into a state and tries again. */
export class KafkaFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'KafkaFault';
    this.fault = fault;
  }
}

import { GenericError } from '@platformatic/kafka';
import { type Fault, KafkaFault } from './fault.ts';

/** What the Kafka client's error means for whoever reads. */
export function faultOf(error: unknown): KafkaFault {
  const errors = flatten(error);
  const is = (test: (found: Found) => boolean) => errors.find(test);
  const untrusted = is(({ code }) => typeof code === 'string' && CERTIFICATE.test(code));
  if (untrusted !== undefined) return told('untrusted', untrusted, error);
  const noTls = is(({ message }) => /Broker requires TLS|verify the broker supports TLS/.test(message));
  if (noTls !== undefined) {
    const message = noTls.message.startsWith('Broker') ? 'it speaks TLS' : 'it does not speak TLS';
    return new KafkaFault('untrusted', message, { cause: error });
  }
  const refused = is(({ code }) => code === 'PLT_KFK_AUTHENTICATION');
  if (refused !== undefined) {
    const words = errors.map(({ serverErrorMessage }) => serverErrorMessage).find((text) => typeof text === 'string');
    return new KafkaFault('unauthenticated', String(words ?? refused.message), { cause: error });
  }
  const protocol = is(({ apiId }) => typeof apiId === 'string');
  if (protocol !== undefined) {
    const fault: Fault = MOVED.has(String(protocol.apiId)) ? 'moved' : 'refused';
    return new KafkaFault(fault, `${protocol.message} (${protocol.apiId})`, { cause: error });
  }
  const lost = is(({ code }) => code === 'PLT_KFK_NETWORK' || code === 'PLT_KFK_TIMEOUT');
  return told(lost === undefined ? 'refused' : 'unreachable', errors.at(-1), error);
}

interface Found extends Error {
  readonly apiId?: unknown;
  readonly code?: unknown;
  readonly serverErrorMessage?: unknown;
}

function told(fault: Fault, found: Error | undefined, cause: unknown): KafkaFault {
  return new KafkaFault(fault, found?.message ?? String(cause), { cause });
}

/** As OpenSSL and Node name what is wrong with a certificate. */
const CERTIFICATE = /CERT|UNABLE_TO_(GET_ISSUER|VERIFY)|SELF_SIGNED|ERR_TLS|HOSTNAME_MISMATCH|ERR_SSL/;

/** Answered by opening again: the topic or its leaders are no longer what they were. */
const MOVED = new Set([
  'UNKNOWN_TOPIC_ID',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INCONSISTENT_TOPIC_ID',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
]);

/** The error, what it is made of, and what caused it. */
function flatten(error: unknown): Found[] {
  if (!(error instanceof Error)) return [];
  const parts = error instanceof AggregateError ? error.errors.flatMap(flatten) : [];
  return [error, ...parts, ...(error instanceof GenericError || error.cause !== undefined ? flatten(error.cause) : [])];
}

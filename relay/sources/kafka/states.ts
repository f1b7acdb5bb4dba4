import type { SourceState } from '../../../contract/protocol/down.ts';
import type { KafkaFault } from './fault.ts';
import { nearest } from './nearest.ts';
import { describeChoice, type TopicChoice } from './topics.ts';

interface Place {
  /** The brokers, as a command line takes them. */
  readonly at: string;
  readonly choice: TopicChoice;
  readonly secured: { readonly tls: boolean; readonly user: boolean };
}

/** A fault in words for the viewer: what was found, and what to do. */
export function faultState({ at, choice, secured }: Place, fault: KafkaFault, wasLive: boolean): SourceState {
  switch (fault.fault) {
    case 'unreachable':
      if (wasLive) return connecting(`the connection to Kafka at ${at} was lost (${fault.message})`);
      // A broker that wants TLS or a user closes what comes without.
      if (/Connection closed/.test(fault.message))
        return failed(
          `Kafka at ${at} closes the connection`,
          secured.user
            ? 'see its log for why, and whether this listener is meant for users by this mechanism'
            : 'if it wants a user, give one: security: { sasl: … }, or --kafka-user; if this is not its port, correct it',
        );
      return failed(
        `no Kafka broker answers at ${at} (${fault.message})`,
        'start Kafka, or correct the address; its advertised.listeners must be reachable from here. The relay keeps trying',
      );
    case 'topic-missing':
      return missing(at, choice, fault);
    case 'moved':
      return connecting(`Kafka at ${at} is moving ${describeChoice(choice)}: ${fault.message}`);
    case 'unauthenticated':
      return failed(
        `Kafka at ${at} refuses this user: ${fault.message}`,
        'correct user, password or mechanism (plain, scram-sha-256, scram-sha-512). The relay keeps trying',
      );
    case 'untrusted':
      return untrusted(at, fault, secured.tls);
    case 'unsaved':
      return failed(
        `what must be known of ${describeChoice(choice)} after a restart cannot be written down: ${fault.message}`,
        'make room in the data folder, or let the relay write to it; it keeps trying, and reads nothing before',
      );
    case 'refused':
      return failed(
        `Kafka at ${at} refuses to read ${describeChoice(choice)}: ${fault.message}`,
        'correct what it names; the relay keeps trying',
      );
  }
}

function missing(at: string, choice: TopicChoice, fault: KafkaFault): SourceState {
  const { topic = choice.text, topics = [] } = fault.missing ?? {};
  const others = nearest(topic, topics, 5);
  const there = others.length > 0 ? `there are: ${others.join(', ')}` : 'there are no topics';
  if (choice.open)
    return failed(
      `no topic at ${at} matches ${topic}; ${there}`,
      'create one, or correct the pattern; * stands for any part of a name',
    );
  return failed(
    `topic "${topic}" does not exist at ${at}; ${there}`,
    `create it with: kafka-topics --bootstrap-server ${at} --create --topic ${topic}${others.length > 0 ? ', or name one that exists' : ''}`,
  );
}

function untrusted(at: string, fault: KafkaFault, tls: boolean): SourceState {
  if (fault.message === 'it speaks TLS')
    return failed(
      `Kafka at ${at} speaks TLS`,
      'say security: { tls: {} }, or --kafka-ca with the file of certificates to trust',
    );
  if (fault.message === 'it does not speak TLS')
    return failed(
      `Kafka at ${at} does not speak TLS on this port`,
      'give the port of its TLS listener, or leave security: tls out',
    );
  return failed(
    `Kafka at ${at} shows a certificate that is not trusted${tls ? '' : ' (TLS)'}: ${fault.message}`,
    'give the file of the authority that signed it: security: { tls: { ca: ca.pem } }, or --kafka-ca; the names in it must be those of the brokers',
  );
}

function connecting(message: string): SourceState {
  return { state: 'connecting', message, fix: null };
}

function failed(message: string, fix: string): SourceState {
  return { state: 'failed', message, fix };
}

import type { SourceState } from '../../../contract/protocol/down.ts';
import type { KafkaFault } from './fault.ts';
import { nearest } from './nearest.ts';

interface Place {
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** A fault in words for the viewer: what was found, and what to do. */
export function faultState(
  place: Place,
  fault: KafkaFault,
  seen: { readonly wasLive: boolean; readonly topics: readonly string[] },
): SourceState {
  const at = place.brokers.join(',');
  switch (fault.fault) {
    case 'unreachable':
      if (seen.wasLive) return connecting(`the connection to Kafka at ${at} was lost (${fault.message})`);
      return failed(
        `no Kafka broker answers at ${at} (${fault.message})`,
        'start Kafka, or correct the address; its advertised.listeners must be reachable from here. The relay keeps trying',
      );
    case 'topic-missing': {
      const others = nearest(place.topic, seen.topics, 5);
      return failed(
        `topic "${place.topic}" does not exist at ${at}${others.length > 0 ? `; there are: ${others.join(', ')}` : '; there are no topics'}`,
        `create it with: kafka-topics --bootstrap-server ${at} --create --topic ${place.topic}${others.length > 0 ? ', or name one that exists' : ''}`,
      );
    }
    case 'moved':
      return connecting(`Kafka at ${at} is moving topic "${place.topic}": ${fault.message}`);
    case 'unauthenticated':
      return failed(`Kafka at ${at} refuses these credentials: ${fault.message}`, 'correct the credentials');
    case 'refused':
      return failed(
        `Kafka at ${at} refuses to read topic "${place.topic}": ${fault.message}`,
        'correct what it names; the relay keeps trying',
      );
  }
}

export function emptyState(place: Place): SourceState {
  return {
    state: 'idle',
    message: `topic "${place.topic}" is empty: it holds no records`,
    fix: `write to it, for example with: kafka-console-producer --bootstrap-server ${place.brokers.join(',')} --topic ${place.topic}`,
  };
}

function connecting(message: string): SourceState {
  return { state: 'connecting', message, fix: null };
}

function failed(message: string, fix: string): SourceState {
  return { state: 'failed', message, fix };
}

/** Of CONNACK and DISCONNECT in MQTT 5, and of CONNACK in 3.1.1, where the numbers are other ones. */
const WORDS: Readonly<Record<number, readonly [kind: RefusalKind, text: string]>> = {
  1: ['version', 'it does not speak this version of MQTT'],
  2: ['other', 'it does not take this client id'],
  3: ['other', 'it is not available now'],
  4: ['user', 'bad user name or password'],
  5: ['user', 'not authorized'],
  128: ['other', 'it gives no reason'],
  132: ['version', 'it does not speak this version of MQTT'],
  133: ['other', 'it does not take this client id'],
  134: ['user', 'bad user name or password'],
  135: ['user', 'not authorized'],
  136: ['other', 'it is not available now'],
  137: ['other', 'it is busy'],
  138: ['user', 'this user is banned'],
  139: ['other', 'it is shutting down'],
  141: ['other', 'it heard nothing for too long'],
  142: ['taken-over', 'another client has connected with the same client id'],
  143: ['other', 'the topic filter is not valid'],
  149: ['other', 'a packet was too large'],
  151: ['other', 'a quota is used up'],
  158: ['other', 'it knows no shared subscriptions'],
  159: ['other', 'too many connections'],
  162: ['other', 'it knows no wildcards in filters'],
};

type RefusalKind = 'version' | 'user' | 'taken-over' | 'other';

export function refusalText(code: number): string {
  return WORDS[code]?.[1] ?? `reason ${code}`;
}

/** The broker said no, or goodbye, and why. */
export class BrokerRefusal extends Error {
  readonly kind: RefusalKind;

  constructor(code: number, reason?: string) {
    super(reason ?? refusalText(code));
    this.name = 'BrokerRefusal';
    this.kind = code === 0 ? 'other' : (WORDS[code]?.[0] ?? 'other');
  }
}

/** What the producers did, as far as they know it themselves: the truth every tab is held against. */
export interface Written {
  readonly producer: string;
  readonly seq: number;
  /** null: the source chooses. */
  readonly partition: number | null;
  /** How often it was sent: a source may hold it as often, never more. */
  attempts: number;
  /** `unknown`: sent, and never answered: it may be there or not. */
  fate: 'acknowledged' | 'unknown' | 'aborted';
}

export class History {
  readonly #records = new Map<string, Written>();
  #acknowledged = 0;

  /** A record is about to be sent, perhaps again. */
  sent(producer: string, seq: number, partition: number | null, attempts = 1): void {
    const key = keyOf(producer, seq);
    const known = this.#records.get(key);
    if (known) known.attempts += attempts;
    else this.#records.set(key, { producer, seq, partition, attempts, fate: 'unknown' });
  }

  acknowledged(producer: string, seq: number): void {
    const record = this.#of(producer, seq);
    if (record.fate !== 'acknowledged') this.#acknowledged++;
    record.fate = 'acknowledged';
  }

  aborted(producer: string, seq: number): void {
    this.#of(producer, seq).fate = 'aborted';
  }

  find(producer: string, seq: number): Written | undefined {
    return this.#records.get(keyOf(producer, seq));
  }

  get records(): readonly Written[] {
    return [...this.#records.values()];
  }

  get acknowledgedCount(): number {
    return this.#acknowledged;
  }

  #of(producer: string, seq: number): Written {
    const record = this.find(producer, seq);
    if (!record) throw new Error(`${producer} ${seq} was never sent`);
    return record;
  }
}

export function keyOf(producer: string, seq: number): string {
  return `${producer}:${seq}`;
}

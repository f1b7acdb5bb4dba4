/** A simulated stream: pure, so that the same options give the same messages, however often and in what steps it is asked. */
export interface Simulation {
  /** Everything delivered after the last call and up to `timeMs`, in order of delivery. */
  until(timeMs: number): readonly SimulatedMessage[];
}

export interface SimulatedMessage {
  /** MQTT topic. */
  readonly topic: string;
  /** Becomes JSON. Now and then, as in life, it is not what its stream promises. */
  readonly event: object;
}

export interface SimulatorOptions {
  readonly seed: number;
  /** Events per second, as many as there are at `rateAtMs`. */
  readonly rate: number;
  /** Nothing happens before this. */
  readonly startMs: number;
  /** The time of day at which there are as many as `rate` says. Left out: on average over a day. */
  readonly rateAtMs?: number;
  /** How far local time is ahead of UTC where it is simulated: hours of the day are local ones. Left out: 0. */
  readonly utcOffsetMs?: number;
}

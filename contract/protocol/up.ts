import { z } from 'zod';
import { PositionSchema } from './position.ts';

/** Tab → relay. JSON text messages; binary is not accepted upwards. */

/** First message on every socket; anything else first is answered with `bye`. */
export const HelloSchema = z.strictObject({
  type: z.literal('hello'),
  protocol: z.int(),
  creditBytes: z.int().positive(),
});

export const SubscribeSchema = z.strictObject({
  type: z.literal('subscribe'),
  stream: z.string().min(1).max(200),
  /**
   * A position resumes; `start` takes all the relay can give (or what its config says); `sinceUs` begins so that no row
   * is left out whose event time is at or after it. (P5, P7)
   */
  from: z.union([z.literal('start'), PositionSchema, z.strictObject({ sinceUs: z.int() })]),
});

/** The tab has committed frames and may be sent this many more bytes. (F5) */
export const CreditSchema = z.strictObject({ type: z.literal('credit'), bytes: z.int().positive() });

/** Answered by `pong`; either side that hears nothing for three intervals closes. */
export const PingSchema = z.strictObject({ type: z.literal('ping') });

export const UpSchema = z.discriminatedUnion('type', [HelloSchema, SubscribeSchema, CreditSchema, PingSchema]);
/** What a subscription asks to begin with. */
export type SubscribeFrom = z.infer<typeof SubscribeSchema>['from'];
export type Up = z.infer<typeof UpSchema>;

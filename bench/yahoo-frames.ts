import { Table, tableToIPC } from 'apache-arrow';
import type { StreamSchema } from '../contract/protocol/down.ts';
import type { WindowSpec } from '../contract/spec/window.ts';
import { dictionaryColumn, FRAME_ROWS, FramePacker, type PackedFrames, timeColumn } from './packed-frames.ts';
import { seededRandom } from './page/random.ts';

/**
 * The Yahoo streaming benchmark: 100 campaigns of 10 ads; an event names an ad, and is a view, a click or a purchase.
 * Of the views, how many came per campaign in windows of 10 s. Times are jittered by ±50 ms, and one event in 100,000
 * is late by up to 60 s.
 */
const CAMPAIGNS = 100;
const ADS_PER_CAMPAIGN = 10;
const POOL = 100;
const EVENT_TYPES = ['view', 'click', 'purchase'];
const AD_TYPES = ['banner', 'modal', 'sponsored-search', 'mail', 'mobile'];
const JITTER_US = 50_000;
const LATE_EVERY = 100_000;
const LATE_US = 60_000_000;
const DELAY_US = 100_000;
export const STREAM = 'ad_events';
const START_US = Date.UTC(2026, 0, 1) * 1000;

export interface YahooEvents {
  readonly times: Float64Array;
  /** Places in `ads` and EVENT_TYPES. */
  readonly ad: Int32Array;
  readonly type: Int32Array;
  readonly user: Int32Array;
  readonly page: Int32Array;
  readonly adType: Int32Array;
  readonly names: {
    readonly ads: readonly string[];
    readonly users: readonly string[];
    readonly pages: readonly string[];
  };
}

/** `rate` events a second of event time. */
export function yahooEvents(count: number, rate: number): YahooEvents {
  const random = seededRandom(7);
  const below = (limit: number) => Math.floor(random() * limit);
  const names = (length: number) => Array.from({ length }, () => uuid(below));
  const pick = (limit: number) => Int32Array.from({ length: count }, () => below(limit));
  return {
    names: { ads: names(CAMPAIGNS * ADS_PER_CAMPAIGN), users: names(POOL), pages: names(POOL) },
    times: Float64Array.from({ length: count }, (_, index) => {
      const lateUs = below(LATE_EVERY) === 0 ? below(LATE_US) : 0;
      return Math.floor(START_US + (index / rate) * 1e6 + (random() * 2 - 1) * JITTER_US - lateUs);
    }),
    ad: pick(CAMPAIGNS * ADS_PER_CAMPAIGN),
    type: pick(EVENT_TYPES.length),
    user: pick(POOL),
    page: pick(POOL),
    adType: pick(AD_TYPES.length),
  };
}

function uuid(below: (limit: number) => number): string {
  const hex = Array.from({ length: 32 }, () => below(16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const CAMPAIGN_NAMES: readonly string[] = Array.from({ length: CAMPAIGNS }, (_, index) => `campaign-${index}`);

/** The place of an ad's campaign. */
export function campaignOf(ad: number): number {
  return Math.floor(ad / ADS_PER_CAMPAIGN);
}

/** The lookup is a constant map of 1,000 entries, ad → campaign. */
export function yahooWindow({ names: { ads } }: YahooEvents): WindowSpec {
  const keys = ads.map((ad) => `'${ad}'`).join(', ');
  const values = ads.map((_, ad) => `'${CAMPAIGN_NAMES[campaignOf(ad)]}'`).join(', ');
  return {
    from: STREAM,
    window: 'tumble(10s)',
    where: "event_type = 'view'",
    by: { campaign: `MAP([${keys}], [${values}])[ad_id]` },
    select: { views: 'count()' },
    late: { allow: '2m' },
  };
}

const schema: StreamSchema = {
  type: 'schema',
  stream: STREAM,
  version: 0,
  timeField: 'event_time',
  inferred: false,
  fields: ['user_id', 'page_id', 'ad_id', 'ad_type', 'event_type', 'ip_address'].map((name) => ({
    name,
    type: 'string',
    role: 'dimension',
    unit: null,
  })),
};

/** The events as the relay would frame them. */
export function yahooFrames(events: YahooEvents, rate: number): PackedFrames {
  const packer = new FramePacker(schema, START_US, DELAY_US);
  const { times, ad, type, user, page, adType, names } = events;
  for (let first = 0; first < times.length; first += FRAME_ROWS) {
    const end = Math.min(times.length, first + FRAME_ROWS);
    const cells = (places: Int32Array, of: readonly string[]) =>
      Array.from(places.subarray(first, end), (place) => of[place] ?? null);
    const slice = [...times.subarray(first, end)];
    const columns = {
      _event_time: timeColumn(slice),
      user_id: dictionaryColumn(cells(user, names.users), 0),
      page_id: dictionaryColumn(cells(page, names.pages), 1),
      ad_id: dictionaryColumn(cells(ad, names.ads), 2),
      ad_type: dictionaryColumn(cells(adType, AD_TYPES), 3),
      event_type: dictionaryColumn(cells(type, EVENT_TYPES), 4),
      ip_address: dictionaryColumn(
        slice.map(() => '1.2.3.4'),
        5,
      ),
    };
    packer.add(slice, tableToIPC(new Table(columns), 'stream'));
  }
  return packer.packed((times.length / rate) * 1e6);
}

/** One event as the benchmark writes it, but for its time, which is a number here. */
export function yahooLine({ times, ad, type, user, page, adType, names }: YahooEvents, index: number): string {
  return JSON.stringify({
    user_id: names.users[user[index] ?? 0],
    page_id: names.pages[page[index] ?? 0],
    ad_id: names.ads[ad[index] ?? 0],
    ad_type: AD_TYPES[adType[index] ?? 0],
    event_type: EVENT_TYPES[type[index] ?? 0],
    event_time: Math.floor((times[index] ?? 0) / 1000),
    ip_address: '1.2.3.4',
  });
}

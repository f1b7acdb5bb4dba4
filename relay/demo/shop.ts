import { Agenda } from './agenda.ts';
import { CAMPAIGNS, type Campaign, COUNTRIES, type Country, PRODUCTS, type Product } from './catalogue.ts';
import { deliveryDelayMs } from './delivery.ts';
import { createRandom } from './random.ts';
import { dailyRhythm, restlessness } from './rhythm.ts';
import type { SimulatorOptions } from './simulation.ts';
import { robotMinute, thiefMinutes } from './suspects.ts';

/**
 * A simulated online shop: a pure function of seed, rate and time.
 *
 *     visitors arrive ─▶ search ─▶ click ─▶ cart ─▶ purchase      each step by chance, after some seconds of thought
 *                         ╰──────────┴────────┴─▶ leave
 *     each event ─▶ outbox ─▶ delivered, most at once, some later than others that happened after them
 *
 * Among the visitors, every few minutes: a thief who tries stolen cards, one failed payment after the other, and a robot that
 * reads the catalogue faster than anybody could.
 */
export interface Shop {
  /** Everything delivered after the last call and up to `timeMs`, in order of delivery. */
  until(timeMs: number): ShopMessage[];
}

export interface ShopMessage {
  /** MQTT topic: `shop/<country>/events`. */
  readonly topic: string;
  readonly event: ShopEvent;
}

export interface ShopEvent {
  readonly event_id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string;
  readonly user_id: number;
  readonly action: 'search' | 'click' | 'cart' | 'purchase';
  readonly campaign: string;
  readonly country: string;
  readonly product: string;
  /** On cart and purchase. */
  readonly price?: number;
  /** On purchase: what is left of the product after it. */
  readonly stock_left?: number;
  readonly latency_ms: number;
  /** On purchase. */
  readonly payment?: 'ok' | 'failed';
}

export type ShopOptions = Omit<SimulatorOptions, 'utcOffsetMs'>;

interface Visit {
  readonly user: number;
  readonly country: Country;
  readonly campaign: Campaign;
  product: Product;
  action: ShopEvent['action'];
}

interface Traffic {
  readonly untilMs: number;
  readonly countries: readonly { readonly country: Country; readonly weight: number }[];
  readonly visitsPerMs: number;
}

/** Mean events of one visit, by the chances in `#next`; held to by a test. */
const EVENTS_PER_VISIT = 3.25;
const MEAN_THOUGHT_MS = 9_000;
/** Visits started before `startMs`, so that the shop is already busy then. */
const WARM_UP_MS = 60_000;
const USERS_PER_RATE = 60;
const RESTOCK_BELOW = 0.08;
const PAYMENT_FAILS = 0.03;
const CARD_FAILS = 0.92;
/** At 100 events per second. */
const THIEF_EVERY_MS = 6 * 60_000;
const ROBOT_EVERY_MS = 5 * 60_000;

export function createShop(options: ShopOptions): Shop {
  return new SimulatedShop(options);
}

class SimulatedShop implements Shop {
  readonly #options: ShopOptions;
  readonly #random;
  readonly #visits = new Agenda<Visit | 'arrival' | ((timeMs: number) => void)>();
  readonly #outbox = new Agenda<ShopMessage>();
  readonly #stock = new Map<string, number>();
  readonly #restocks = new Agenda<Product>();
  #sequence = 0;
  #traffic: Traffic = { untilMs: Number.NEGATIVE_INFINITY, countries: [], visitsPerMs: 0 };

  constructor(options: ShopOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    for (const product of PRODUCTS)
      this.#stock.set(product.sku, Math.ceil(this.#fullStock(product) * this.#random.between(0.35, 1)));
    this.#visits.add(options.startMs - WARM_UP_MS, 'arrival');
    // A busier shop has more of them, so that they stay few among many.
    const rarer = Math.max(1, 100 / options.rate);
    this.#comeEvery(THIEF_EVERY_MS * rarer, (nowMs) => {
      const { user, tries } = thiefMinutes(this.#random);
      const visit = this.#visitor(user, nowMs);
      for (const afterMs of tries) this.#visits.add(nowMs + afterMs, (timeMs) => this.#tryCard(visit, timeMs));
    });
    this.#comeEvery(ROBOT_EVERY_MS * rarer, (nowMs) => {
      const { user, steps } = robotMinute(this.#random);
      const visit = this.#visitor(user, nowMs);
      for (const afterMs of steps) this.#visits.add(nowMs + afterMs, (timeMs) => this.#read(visit, timeMs));
    });
  }

  until(timeMs: number): ShopMessage[] {
    while (this.#visits.nextMs() <= timeMs) {
      const due = this.#visits.take();
      if (due === undefined) break;
      if (due.item === 'arrival') this.#arrive(due.atMs);
      else if (typeof due.item === 'function') due.item(due.atMs);
      else this.#act(due.item, due.atMs);
    }
    const messages: ShopMessage[] = [];
    while (this.#outbox.nextMs() <= timeMs) {
      const due = this.#outbox.take();
      if (due !== undefined) messages.push(due.item);
    }
    return messages;
  }

  #arrive(timeMs: number): void {
    const random = this.#random;
    const users = Math.max(500, this.#options.rate * USERS_PER_RATE);
    this.#visits.add(timeMs, this.#visitor(1000 + Math.floor(random.next() ** 1.6 * users), timeMs));
    this.#visits.add(timeMs + random.exponential(1 / this.#trafficAt(timeMs).visitsPerMs), 'arrival');
  }

  #visitor(user: number, timeMs: number): Visit {
    const random = this.#random;
    return {
      user,
      country: random.pick(this.#trafficAt(timeMs).countries).country,
      campaign: random.pick(CAMPAIGNS),
      product: random.pick(PRODUCTS),
      action: 'search',
    };
  }

  /** Again and again, at random times this far apart on average. */
  #comeEvery(everyMs: number, come: (timeMs: number) => void): void {
    const next = (fromMs: number) =>
      this.#visits.add(fromMs + this.#random.between(0.5, 1.5) * everyMs, (timeMs) => {
        come(timeMs);
        next(timeMs);
      });
    next(this.#options.startMs);
  }

  #tryCard(visit: Visit, timeMs: number): void {
    visit.action = 'purchase';
    visit.product = this.#random.pick(PRODUCTS);
    this.#tell(visit, timeMs, this.#event(visit, timeMs, CARD_FAILS));
  }

  #read(visit: Visit, timeMs: number): void {
    visit.action = this.#random.chance(0.3) ? 'search' : 'click';
    visit.product = this.#random.pick(PRODUCTS);
    this.#tell(visit, timeMs, this.#event(visit, timeMs));
  }

  /** Changes slowly: looked at once a second. */
  #trafficAt(timeMs: number): Traffic {
    if (timeMs < this.#traffic.untilMs) return this.#traffic;
    const { seed, rate, rateAtMs } = this.#options;
    const countries = countriesAt(timeMs);
    const busy = sum(countries) / sum(rateAtMs === undefined ? COUNTRIES : countriesAt(rateAtMs));
    const visitsPerMs = (rate / 1000 / EVENTS_PER_VISIT) * busy * restlessness(seed, timeMs);
    this.#traffic = { untilMs: timeMs + 1000, countries, visitsPerMs };
    return this.#traffic;
  }

  #act(visit: Visit, timeMs: number): void {
    const event = this.#event(visit, timeMs);
    if (event === null) return;
    this.#tell(visit, timeMs, event);
    const next = this.#next(visit);
    if (next === null) return;
    if (next === 'search' || (next === 'click' && this.#random.chance(0.5)))
      visit.product = this.#random.pick(PRODUCTS);
    visit.action = next;
    this.#visits.add(timeMs + 400 + this.#random.exponential(MEAN_THOUGHT_MS), visit);
  }

  #tell(visit: Visit, timeMs: number, event: ShopEvent | null): void {
    if (event === null || timeMs < this.#options.startMs) return;
    this.#outbox.add(timeMs + deliveryDelayMs(this.#random), { topic: `shop/${visit.country.code}/events`, event });
  }

  /** What the visitor does after `visit.action`; null: leaves. About four in a hundred visits buy. */
  #next(visit: Visit): ShopEvent['action'] | null {
    const dice = this.#random.next();
    const toCart = 0.085 * visit.campaign.buys;
    switch (visit.action) {
      case 'search':
        return dice < 0.65 ? 'click' : dice < 0.85 ? 'search' : null;
      case 'click':
        return dice < toCart ? 'cart' : dice < toCart + 0.35 ? 'click' : dice < toCart + 0.5 ? 'search' : null;
      case 'cart':
        return dice < 0.3 ? 'purchase' : dice < 0.5 ? 'click' : null;
      case 'purchase':
        return dice < 0.1 ? 'search' : null;
    }
  }

  /** Null: the product is sold out, and the visitor leaves. */
  #event(visit: Visit, timeMs: number, fails = PAYMENT_FAILS): ShopEvent | null {
    const random = this.#random;
    const { action, product, campaign } = visit;
    const common = {
      event_id: `${this.#options.seed.toString(36)}-${(this.#sequence++).toString(36)}`,
      timestamp: new Date(timeMs).toISOString(),
      user_id: visit.user,
      action,
      campaign: campaign.name,
      country: visit.country.code,
      product: product.sku,
    };
    const latency_ms = Math.round(random.logNormal(action === 'purchase' ? 140 : 55, 0.55));
    if (action === 'search' || action === 'click') return { ...common, latency_ms };
    const price = Math.round(product.price * (1 - campaign.discount) * 100) / 100;
    if (action === 'cart') return { ...common, price, latency_ms };
    const payment = random.chance(fails) ? 'failed' : 'ok';
    const stock = this.#stockOf(product, timeMs);
    if (stock === 0) return null;
    const stockLeft = payment === 'ok' ? stock - 1 : stock;
    this.#stock.set(product.sku, stockLeft);
    if (payment === 'ok' && stockLeft === Math.floor(this.#fullStock(product) * RESTOCK_BELOW))
      this.#restocks.add(timeMs + random.between(15_000, 90_000), product);
    return { ...common, price, stock_left: stockLeft, latency_ms, payment };
  }

  #stockOf(product: Product, timeMs: number): number {
    while (this.#restocks.nextMs() <= timeMs) {
      const delivered = this.#restocks.take()?.item;
      if (delivered !== undefined) this.#stock.set(delivered.sku, this.#fullStock(delivered));
    }
    return this.#stock.get(product.sku) ?? 0;
  }

  /** A faster shop needs a bigger warehouse. */
  #fullStock(product: Product): number {
    return Math.ceil(product.stock * Math.max(0.2, this.#options.rate / 100));
  }
}

/** How much of what happens comes from each country at this time. */
function countriesAt(timeMs: number): { readonly country: Country; readonly weight: number }[] {
  return COUNTRIES.map((country) => ({
    country,
    weight: country.weight * dailyRhythm(timeMs, country.peakHourUtc),
  }));
}

function sum(items: readonly { readonly weight: number }[]): number {
  return items.reduce((total, item) => total + item.weight, 0);
}

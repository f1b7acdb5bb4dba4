/**
 * What Grafana's unit ids mean, as a table:
 *
 *   raw number × factor → the base unit → divided by the first step it reaches → `48.2` + `k` + suffix
 *
 * Of ids with a custom rest (`prefix:`, `suffix:`, `count:`, `currency:`, `si:`) the unit is made when it is first met.
 */
export interface Unit {
  readonly prefix?: string;
  readonly suffix?: string;
  /** Multiplies the raw number first. */
  readonly factor?: number;
  /** Sizes a number climbs through, largest first: divisor and suffix. Empty: none. Left out: k, M, B, T above 10,000. */
  readonly steps?: Steps;
  /** Set tight against the number: `912/s`; others get a gap. */
  readonly tight?: boolean;
  /** ISO 4217: symbol and its side are the locale's. */
  readonly currency?: string;
  /** Written in another way than as digits and a unit. */
  readonly written?: Written;
}

export type Steps = readonly (readonly [number, string])[];
export type Written =
  | 'scientific'
  | 'hex'
  | 'text'
  | 'clock'
  | 'clockWithDays'
  | 'clockWithMs'
  | 'duration'
  | 'dateTime'
  | 'time'
  | 'fromNow'
  | 'trueFalse'
  | 'yesNo'
  | 'onOff';

export const SHORT: Steps = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
];
const TIME: Steps = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
];
const BINARY_PREFIXES = ['Pi', 'Ti', 'Gi', 'Mi', 'Ki', ''];
const LARGE_PREFIXES = ['P', 'T', 'G', 'M', 'k', ''];
const SMALL_PREFIXES = ['m', 'µ', 'n', 'p'];

const powers = (base: number, prefixes: readonly string[], unit: string): Steps =>
  prefixes.map((prefix, at) => [base ** (prefixes.length - 1 - at), `${prefix}${unit}`] as const);
const binary = (unit: string, factor = 1): Unit => ({ factor, steps: powers(1024, BINARY_PREFIXES, unit) });
const decimal = (unit: string, factor = 1): Unit => ({ factor, steps: powers(1000, LARGE_PREFIXES, unit) });
/** Also below one: 0.5 W is 500 mW. */
const si = (unit: string, factor = 1): Unit => ({
  factor,
  steps: [
    ...powers(1000, LARGE_PREFIXES, unit),
    ...SMALL_PREFIXES.map((prefix, at) => [1000 ** -(at + 1), `${prefix}${unit}`] as const),
  ],
});
/** Kept in the very unit, whatever its size: what is measured against a drawing or a dial. */
const plain = (suffix: string, tight = false): Unit => ({ suffix, steps: [], tight });
const time = (factor: number): Unit => ({ factor, steps: TIME });
const written = (how: Written, factor = 1): Unit => ({ factor, written: how });
/** Ids that stand for the same unit in several sizes: `kilo` → × 1000. */
const each = (make: (factor: number) => Unit, factors: Readonly<Record<string, number>>): Record<string, Unit> =>
  Object.fromEntries(Object.entries(factors).map(([id, factor]) => [id, make(factor)]));

const rates = (per: string, ids: Readonly<Record<string, string>>): Record<string, Unit> =>
  Object.fromEntries(
    Object.entries(ids).map(([id, what]) => [id, { suffix: what === '' ? per : ` ${what}${per}`, tight: true }]),
  );

const K = 1024;

const UNITS: Readonly<Record<string, Unit>> = {
  none: { steps: [] },
  short: {},
  locale: { steps: [] },
  string: written('text'),
  sci: written('scientific'),
  hex: written('hex'),
  percent: plain('%'),
  percentunit: { suffix: '%', factor: 100, steps: [] },
  humidity: plain('%'),
  dB: plain('dB'),
  dBm: plain('dBm'),
  pixel: plain('px'),
  bool: written('trueFalse'),
  bool_yes_no: written('yesNo'),
  bool_on_off: written('onOff'),

  ...each((factor) => binary('B', factor), {
    bytes: 1,
    kbytes: K,
    mbytes: K ** 2,
    gbytes: K ** 3,
    tbytes: K ** 4,
    pbytes: K ** 5,
  }),
  ...each((factor) => decimal('B', factor), {
    decbytes: 1,
    deckbytes: 1e3,
    decmbytes: 1e6,
    decgbytes: 1e9,
    dectbytes: 1e12,
    decpbytes: 1e15,
  }),
  bits: binary('b'),
  decbits: decimal('b'),
  ...each((factor) => binary('B/s', factor), { binBps: 1, KiBs: K, MiBs: K ** 2, GiBs: K ** 3, TiBs: K ** 4 }),
  ...each((factor) => decimal('B/s', factor), { Bps: 1, KBs: 1e3, MBs: 1e6, GBs: 1e9, TBs: 1e12 }),
  ...each((factor) => binary('b/s', factor), { binbps: 1, Kibits: K, Mibits: K ** 2, Gibits: K ** 3 }),
  ...each((factor) => decimal('b/s', factor), { bps: 1, Kbits: 1e3, Mbits: 1e6, Gbits: 1e9, Tbits: 1e12 }),
  pps: decimal('p/s'),
  flops: decimal('FLOP/s'),

  ...each(time, { ns: 1e-9, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 }),
  hertz: decimal('Hz'),
  dthms: written('clock'),
  dtdhms: written('clockWithDays'),
  dtdurations: written('duration'),
  dtdurationms: written('duration', 1e-3),
  clocks: written('clock'),
  clockms: written('clockWithMs', 1e-3),
  timeticks: written('duration', 0.01),
  dateTimeAsIso: written('dateTime'),
  dateTimeAsIsoNoDateIfToday: written('time'),
  dateTimeAsUS: written('dateTime'),
  dateTimeAsUSNoDateIfToday: written('time'),
  dateTimeAsLocal: written('dateTime'),
  dateTimeAsLocalNoDateIfToday: written('time'),
  dateTimeAsSystem: written('dateTime'),
  dateTimeFromNow: written('fromNow'),

  ...rates('/s', {
    cps: '',
    eps: '',
    ops: '',
    reqps: 'req',
    rps: 'reads',
    wps: 'writes',
    iops: 'I/O',
    mps: 'msg',
    recps: 'rec',
    rowsps: 'rows',
  }),
  ...rates('/min', {
    cpm: '',
    epm: '',
    opm: '',
    rpm: 'reads',
    wpm: 'writes',
    mpm: 'msg',
    recpm: 'rec',
    rowspm: 'rows',
  }),

  ...each((factor) => si('W', factor), { mwatt: 1e-3, watt: 1, kwatt: 1e3, megwatt: 1e6, gwatt: 1e9 }),
  ...each((factor) => si('Wh', factor), { watth: 1, kwatth: 1e3 }),
  Wm2: plain('W/m²'),
  watthperkg: si('Wh/kg'),
  kwattm: plain('kW-min'),
  ...each((factor) => si('VA', factor), { voltamp: 1, kvoltamp: 1e3 }),
  ...each((factor) => si('var', factor), { voltampreact: 1, kvoltampreact: 1e3 }),
  ...each((factor) => si('A', factor), { mamp: 1e-3, amp: 1, kamp: 1e3 }),
  ...each((factor) => si('Ah', factor), { mamphour: 1e-3, amphour: 1, kamphour: 1e3 }),
  ...each((factor) => si('V', factor), { mvolt: 1e-3, volt: 1, kvolt: 1e3 }),
  ...each((factor) => si('Ω', factor), { mohm: 1e-3, ohm: 1, kohm: 1e3, Mohm: 1e6 }),
  joule: si('J'),
  ev: si('eV'),
  farad: si('F'),
  henry: si('H'),
  lumens: si('lm'),
  lux: plain('lx'),

  flowgpm: plain('gal/min'),
  flowcms: plain('m³/s'),
  flowcfs: plain('ft³/s'),
  flowcfm: plain('ft³/min'),
  flowlpm: plain('L/min'),
  flowmlpm: plain('mL/min'),
  litreh: plain('L/h'),
  ...each((factor) => si('N', factor), { forceN: 1, forcekN: 1e3 }),
  ...each((factor) => si('Nm', factor), { forceNm: 1, forcekNm: 1e3 }),
  ...each((factor) => decimal('g', factor), { massg: 1, masskg: 1e3 }),
  massmg: plain('mg'),
  masst: plain('t'),
  masslb: plain('lb'),
  lengthmm: plain('mm'),
  lengthm: plain('m'),
  lengthkm: plain('km'),
  lengthin: plain('in'),
  lengthft: plain('ft'),
  lengthmi: plain('mi'),
  areaM2: plain('m²'),
  areaF2: plain('ft²'),
  areaMI2: plain('mi²'),
  areaAcres: plain('ac'),
  areaHectares: plain('ha'),
  pressurembar: plain('mbar'),
  pressurebar: plain('bar'),
  pressurekbar: plain('kbar'),
  pressurepa: plain('Pa'),
  pressurehpa: plain('hPa'),
  pressurekpa: plain('kPa'),
  pressurehg: plain('inHg'),
  pressurepsi: plain('psi'),
  rotrpm: plain('rpm'),
  rothz: decimal('Hz'),
  rotkhz: decimal('Hz', 1e3),
  rotmhz: decimal('Hz', 1e6),
  rotghz: decimal('Hz', 1e9),
  rotrads: plain('rad/s'),
  rotdegs: plain('°/s'),
  celsius: plain('°C'),
  fahrenheit: plain('°F'),
  kelvin: plain('K'),
  velocityms: plain('m/s'),
  velocitykmh: plain('km/h'),
  velocitymph: plain('mph'),
  velocityknot: plain('kn'),
  accMS2: plain('m/s²'),
  accFS2: plain('ft/s²'),
  accG: plain('g'),
  degree: plain('°', true),
  radian: plain('rad'),
  grad: plain('grad'),
  arcmin: plain('arcmin'),
  arcsec: plain('arcsec'),
  mlitre: plain('mL'),
  litre: plain('L'),
  m3: plain('m³'),
  Nm3: plain('Nm³'),
  dm3: plain('dm³'),
  gallons: plain('gal'),
  ppm: plain('ppm'),
  conppb: plain('ppb'),
  conngm3: plain('ng/m³'),
  conμgm3: plain('µg/m³'),
  conmgm3: plain('mg/m³'),
  congm3: plain('g/m³'),
  conmgdL: plain('mg/dL'),
  conmmolL: plain('mmol/L'),
};

const made = new Map<string, Unit>();

/** The unit of an id; one that nobody foresaw is shown as it is given, after the number. */
export function unitOf(id: string | undefined): Unit {
  if (id === undefined || id === '') return UNITS.short ?? {};
  const known = Object.hasOwn(UNITS, id) ? UNITS[id] : made.get(id);
  if (known !== undefined) return known;
  const unit = customUnit(id);
  made.set(id, unit);
  return unit;
}

function customUnit(id: string): Unit {
  const currency = /^currency([A-Z]{3})$/.exec(id)?.[1];
  if (currency !== undefined) return { currency };
  if (id === 'currencyKR') return { suffix: 'kr' };
  if (id === 'currencyBTC') return { prefix: '₿' };
  const [, kind, rest = ''] = /^(prefix|suffix|count|currency|si|time):(.*)$/.exec(id) ?? [];
  switch (kind) {
    case 'prefix':
      return { prefix: rest, steps: [] };
    case 'suffix':
      return { suffix: rest.trim(), steps: [], tight: !rest.startsWith(' ') };
    case 'count':
      return { suffix: ` ${rest}`, tight: true };
    case 'currency':
      return { prefix: rest };
    case 'si':
      return siUnit(rest);
    case 'time':
      return written('dateTime');
    default:
      return { suffix: id };
  }
}

/** `si:mF`: what is counted is milli-farads. */
function siUnit(text: string): Unit {
  const prefixes: Readonly<Record<string, number>> = {
    p: 1e-12,
    n: 1e-9,
    u: 1e-6,
    µ: 1e-6,
    m: 1e-3,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
  };
  const factor = text.length > 1 ? prefixes[text[0] ?? ''] : undefined;
  return factor === undefined ? si(text) : si(text.slice(1), factor);
}

/** Who comes to the shop, from where and why, and what it sells. Weights are relative. */

export const PRODUCTS = [
  { sku: 'TENT-2P-ALP', price: 289, stock: 260, weight: 5 },
  { sku: 'PACK-45L-GRN', price: 159, stock: 420, weight: 9 },
  { sku: 'BOOT-MID-GTX', price: 189.5, stock: 520, weight: 12 },
  { sku: 'JACKET-RAIN-M', price: 129, stock: 480, weight: 14 },
  { sku: 'STOVE-GAS-01', price: 49.9, stock: 700, weight: 16 },
  { sku: 'LAMP-HEAD-400', price: 39.5, stock: 900, weight: 20 },
  { sku: 'BOTTLE-1L-TI', price: 34, stock: 850, weight: 18 },
  { sku: 'SOCKS-MERINO-3', price: 24.9, stock: 1000, weight: 22 },
] as const;

/** `buys` scales how likely a visitor is to go on to the cart; `discount` is off the price. */
export const CAMPAIGNS = [
  { name: 'direct', weight: 30, buys: 1, discount: 0 },
  { name: 'brand-search', weight: 24, buys: 1.25, discount: 0 },
  { name: 'spring-sale', weight: 20, buys: 1.1, discount: 0.15 },
  { name: 'newsletter-14', weight: 11, buys: 1.4, discount: 0.05 },
  { name: 'retargeting', weight: 9, buys: 1.5, discount: 0 },
  { name: 'influencer-a', weight: 6, buys: 0.35, discount: 0.1 },
] as const;

/** `peakHourUtc`: when this country shops most. */
export const COUNTRIES = [
  { code: 'DE', weight: 30, peakHourUtc: 19 },
  { code: 'FR', weight: 19, peakHourUtc: 19 },
  { code: 'GB', weight: 17, peakHourUtc: 20 },
  { code: 'US', weight: 16, peakHourUtc: 1 },
  { code: 'ES', weight: 10, peakHourUtc: 21 },
  { code: 'SE', weight: 8, peakHourUtc: 18 },
] as const;

export type Product = (typeof PRODUCTS)[number];
export type Campaign = (typeof CAMPAIGNS)[number];
export type Country = (typeof COUNTRIES)[number];

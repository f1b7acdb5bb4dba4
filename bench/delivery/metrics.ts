/** Of a relay's /metrics: the sum over labels of one metric. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  let sum = 0;
  for (const line of text.split('\n')) {
    const [, found, value] = /^([a-z_]+)(?:\{[^}]*\})? (\S+)/.exec(line) ?? [];
    if (found === name) sum += Number(value);
  }
  return sum;
}

/** Asks every `stepMs` until the metric is at least `least`; when that was, in ms of this process's clock. */
export async function metricReaches(url: string, name: string, least: number, stepMs = 20): Promise<number> {
  while ((await metric(url, name)) < least) await new Promise((resolve) => setTimeout(resolve, stepMs));
  return performance.now();
}

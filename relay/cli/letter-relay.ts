import type { LetterList, ReplayResult, WholeLetter } from '../../contract/dead-letters.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { LetterFilter } from '../dead-letters/search.ts';
import type { LetterAccess } from './letter-access.ts';

/** Dead letters of a relay that runs, over HTTP (relay/dead-letters/http.ts). */
export function relayAccess(base: string): LetterAccess {
  const list = async (
    stream: string | null,
    filter: LetterFilter,
    more: Record<string, string>,
  ): Promise<LetterList> => {
    const params = paramsOf(filter, { ...more, ...(stream !== null && { stream }) });
    return (await asked(base, `/dead-letters/list?${params}`)).json() as Promise<LetterList>;
  };
  return {
    streams: async () => (await list(null, {}, { limit: '1' })).streams.map(({ name }) => name),
    summary: (stream) => list(stream, {}, { limit: '1' }),
    async *find(stream, filter, limit) {
      let left = limit;
      for (let before = ''; left > 0; ) {
        const page = await list(stream, filter, { limit: String(Math.min(500, left)), before });
        yield* page.letters;
        left -= page.letters.length;
        if (page.next === null) return;
        before = String(page.next);
      }
    },
    async show(stream, id) {
      const params = new URLSearchParams({ stream, id: String(id) });
      return (await asked(base, `/dead-letters/letter?${params}`)).json() as Promise<WholeLetter>;
    },
    async *download(stream, filter) {
      const params = paramsOf(filter, { stream });
      const { body } = await asked(base, `/dead-letters/download?${params}`);
      const decoder = new TextDecoder();
      for await (const chunk of body ?? []) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    },
    async replay(stream, filter, dryRun) {
      const response = await asked(base, '/dead-letters/replay', { stream, filter, dryRun });
      return (await response.json()) as ReplayResult;
    },
    async drop(stream, filter) {
      const response = await asked(base, '/dead-letters/drop', { stream, filter });
      return ((await response.json()) as { readonly dropped: number }).dropped;
    },
  };
}

async function asked(base: string, path: string, body?: object): Promise<Response> {
  const url = URL.parse(path, base);
  if (url === null)
    throw new HighwaterError('config_invalid', `"${base}" is no URL`, 'give --relay http://localhost:8787');
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(url, body && { method: 'POST', headers, body: JSON.stringify(body) }).catch(
    (cause: unknown) => {
      throw new HighwaterError('source_unreachable', `no relay answers at ${base}`, 'start it, or leave --relay out', {
        cause,
      });
    },
  );
  if (response.ok) return response;
  const why = (await response.text()).trim();
  throw new HighwaterError('query_refused', `${base}: ${why}`, 'see dead-letters --help');
}

function paramsOf(filter: LetterFilter, more: Record<string, string>): URLSearchParams {
  const { text, kind, field, topic, partition, sinceMs, untilMs, ids = [], state } = filter;
  const params = new URLSearchParams(more);
  const all = { q: text, kind, field, topic, partition, since: sinceMs, until: untilMs, state };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) params.set(name, String(value));
  for (const id of ids) params.append('id', String(id));
  return params;
}

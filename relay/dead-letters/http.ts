import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { LetterList, ReplayResult } from '../../contract/dead-letters.ts';
import { HighwaterError } from '../../contract/errors.ts';
import { told } from '../feed-state.ts';
import { bodyOf } from '../serve/body-of.ts';
import type { DeadLetters } from './dead-letters.ts';
import { findLetters, groupsInTurns, type LetterFilter, matchingInTurns } from './search.ts';
import { letterLine, showLetter, showWhole } from './show.ts';

/**
 * Dead letters over HTTP: what the page and the command line ask of a running relay.
 *
 *     GET  /dead-letters              the page; to those who do not ask for HTML a summary
 *     GET  /dead-letters/list         ?stream&q&kind&field&topic&partition&since&until&id…&state&before&limit
 *     GET  /dead-letters/letter       ?stream&id
 *     GET  /dead-letters/download     JSON lines, of those that a list with the same parameters has
 *     POST /dead-letters/replay       { stream, filter, dryRun }
 *     POST /dead-letters/drop         { stream, filter }
 */
export interface LettersOfStream {
  readonly name: string;
  /** Can its source be read again? */
  readonly replayable: boolean;
  readonly deadLetters: DeadLetters;
  replayDeadLetters(filter: LetterFilter): Promise<ReplayResult>;
  /** What a replay would do now. */
  tryDeadLetters(filter: LetterFilter): Promise<ReplayResult>;
}

export interface DeadLettersHttpParts {
  readonly streams: ReadonlyMap<string, LettersOfStream>;
  /** Why this request may not read letters, or not change anything; null: it may. */
  readonly refusal: (
    request: IncomingMessage,
    use: 'letters' | 'change',
  ) => { readonly status: number; readonly why: string } | null;
  /** Answers with the page; false where it is not built. */
  readonly page: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
}

const MAX_BODY_BYTES = 256 * 1024;
const LISTED = 50;
const MAX_LISTED = 500;
/** Of the value of one letter, on the page. */
const SHOWN_BYTES = 64 * 1024;

const FilterSchema = z
  .strictObject({
    text: z.string().max(1000).optional(),
    kind: z.string().optional(),
    field: z.string().optional(),
    topic: z.string().optional(),
    partition: z.int().nonnegative().optional(),
    sinceMs: z.number().optional(),
    untilMs: z.number().optional(),
    ids: z.array(z.int().positive()).max(10_000).optional(),
  })
  .default({});
const ChangeSchema = z.strictObject({ stream: z.string(), filter: FilterSchema, dryRun: z.boolean().optional() });

export class DeadLettersHttp {
  readonly #parts: DeadLettersHttpParts;

  constructor(parts: DeadLettersHttpParts) {
    this.#parts = parts;
  }

  /** For `/dead-letters` and all below it. */
  async answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method === 'POST') await this.#change(url.pathname, request, response);
      else if (request.method === 'GET' || request.method === 'HEAD') await this.#show(url, request, response);
      else throw new Refused(405, 'only GET, HEAD and POST');
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const { status, message } = asRefused(error);
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end(`${message}\n`);
    }
  }

  async #show(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = url;
    const isPage = pathname === '/dead-letters' && /\btext\/html\b/.test(request.headers.accept ?? '');
    if (isPage && (await this.#parts.page(request, response))) return;
    // An address that somebody has typed is of no other page.
    if (request.headers['sec-fetch-site'] !== 'none') this.#check(request, 'letters');
    switch (pathname) {
      case '/dead-letters':
        return json(response, await this.#summary(searchParams.get('stream')));
      case '/dead-letters/list':
        return json(response, await this.#list(searchParams, response));
      case '/dead-letters/letter':
        return json(response, this.#letter(searchParams));
      case '/dead-letters/download':
        return this.#download(searchParams, response);
      default:
        throw new Refused(404, `there is nothing at ${pathname}`);
    }
  }

  async #change(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#check(request, 'change');
    if (path !== '/dead-letters/replay' && path !== '/dead-letters/drop')
      throw new Refused(404, `there is nothing to be sent to ${path}`);
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
      throw new Refused(415, 'expected Content-Type: application/json');
    const body = await bodyOf(request, MAX_BODY_BYTES);
    if (body === null) throw new Refused(413, `expected at most ${MAX_BODY_BYTES} bytes`);
    const parsed = ChangeSchema.safeParse(parseJson(body));
    if (!parsed.success) throw new Refused(400, z.prettifyError(parsed.error));
    const { stream: name, filter, dryRun } = parsed.data;
    const stream = this.#stream(name);
    if (path === '/dead-letters/replay')
      return json(response, await (dryRun === true ? stream.tryDeadLetters(filter) : stream.replayDeadLetters(filter)));
    const entries = [];
    for await (const { entry } of findLetters(stream.deadLetters, filter, { startOnly: true })) entries.push(entry);
    const dropped = dryRun === true ? entries.length : stream.deadLetters.drop(entries);
    if (dryRun !== true) await stream.deadLetters.sync();
    return json(response, { dropped });
  }

  #check(request: IncomingMessage, use: 'letters' | 'change'): void {
    const refused = this.#parts.refusal(request, use);
    if (refused !== null) throw new Refused(refused.status, refused.why);
  }

  async #summary(name: string | null): Promise<unknown> {
    const asked = name === null ? [...this.#parts.streams.values()] : [this.#stream(name)];
    const streams: Record<string, unknown> = {};
    for (const { name: stream, deadLetters } of asked) {
      const newest = [];
      const entries = (await matchingInTurns(deadLetters, {})).slice(0, LISTED);
      for await (const { entry, letter } of findLetters(deadLetters, {}, { entries, startOnly: true })) {
        const { partition, offset, topic, atMs, reason, field, bytes, start } = showLetter(entry, letter);
        newest.push({ partition, offset, topic, atMs, reason, field, bytes, start });
      }
      streams[stream] = { count: deadLetters.count, letGo: deadLetters.letGo, newest };
    }
    return { streams };
  }

  async #list(params: URLSearchParams, response: ServerResponse): Promise<LetterList> {
    const names = [...this.#parts.streams.keys()];
    const { name, replayable, deadLetters } = this.#stream(params.get('stream') ?? names[0] ?? '');
    const filter = filterOf(params);
    const before = numberOf(params, 'before') ?? Number.POSITIVE_INFINITY;
    const limit = Math.min(MAX_LISTED, Math.max(1, Math.floor(numberOf(params, 'limit') ?? LISTED)));
    const { kind, ...anyKind } = filter;
    const ofAnyKind = await matchingInTurns(deadLetters, anyKind);
    const matched = kind === undefined ? ofAnyKind : ofAnyKind.filter((entry) => entry.kind === kind);
    const letters = [];
    let next: number | null = null;
    // Newest first.
    const rest = before === Number.POSITIVE_INFINITY ? matched : matched.filter(({ id }) => id < before);
    for await (const { entry, letter } of findLetters(deadLetters, filter, { entries: rest, startOnly: true })) {
      if (response.destroyed) break;
      if (letters.length >= limit) {
        next = letters.at(-1)?.id ?? null;
        break;
      }
      letters.push(showLetter(entry, letter));
    }
    const { count, letGo, bytes, trouble } = deadLetters;
    const streams = [...this.#parts.streams.values()].map((stream) => ({
      name: stream.name,
      count: stream.deadLetters.count,
    }));
    const groups = (await groupsInTurns(ofAnyKind)).slice(0, MAX_LISTED);
    const found = { matched: matched.length, groups, letters, next };
    return { streams, stream: name, replayable, count, letGo, bytes, trouble, ...found };
  }

  #letter(params: URLSearchParams): unknown {
    const { deadLetters } = this.#stream(params.get('stream') ?? '');
    const entry = deadLetters.index.get(numberOf(params, 'id') ?? 0);
    if (entry === null) throw new Refused(404, 'there is no such letter; it may have been let go for newer ones');
    return showWhole(entry, deadLetters.read(entry), SHOWN_BYTES);
  }

  async #download(params: URLSearchParams, response: ServerResponse): Promise<void> {
    const { name, deadLetters } = this.#stream(params.get('stream') ?? '');
    const given = filterOf(params);
    const filter = { ...given, ...(given.ids !== undefined && { state: 'all' as const }) };
    response.writeHead(200, {
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      'Content-Disposition': `attachment; filename="dead-letters-${name.replace(/[^\w.-]/g, '_')}.jsonl"`,
      'Cache-Control': 'no-store',
    });
    for await (const { entry, letter } of findLetters(deadLetters, filter)) {
      if (response.destroyed) return;
      for (const piece of letterLine(name, entry, letter)) {
        if (!response.write(piece)) await drained(response);
        if (response.destroyed) return;
      }
    }
    response.end();
  }

  #stream(name: string): LettersOfStream {
    const stream = this.#parts.streams.get(name);
    if (stream === undefined) throw new Refused(404, `there is no stream "${name}"`);
    return stream;
  }
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Resolves when it takes more, or nobody takes anything any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof HighwaterError) return new Refused(503, `${error.message}\n${error.fix}`);
  return new Refused(500, `the relay could not answer: ${told(error).message}`);
}

function filterOf(params: URLSearchParams): LetterFilter {
  const state = params.get('state');
  const ids = params.getAll('id').map(Number);
  return {
    ...(ids.length > 0 && { ids }),
    text: params.get('q') ?? undefined,
    kind: params.get('kind') ?? undefined,
    field: params.get('field') ?? undefined,
    topic: params.get('topic') ?? undefined,
    partition: numberOf(params, 'partition'),
    sinceMs: numberOf(params, 'since'),
    untilMs: numberOf(params, 'until'),
    ...((state === 'replayed' || state === 'all') && { state }),
  };
}

function numberOf(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Refused(400, `${name}: found "${text}", expected a number`);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(400, 'expected JSON');
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}

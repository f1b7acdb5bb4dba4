import { createRoot } from 'solid-js';
import { expect, test } from 'vitest';
import { BoardSchema } from '../../contract/spec/board.ts';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import { createAnnotations } from './annotations.ts';

const board = BoardSchema.parse({
  title: 'Shop',
  panels: [{ kind: 'table', title: 'Rows', w: 24, h: 8, stream: 'orders' }],
  annotations: [
    { at: '2026-03-01T06:00:00+01:00', until: '2026-03-01T06:00:00Z', text: 'Maintenance', tone: 'warn' },
    { at: '2026-03-02T00:00:00Z', text: 'Sale' },
    { stream: 'deploys', text: '{version} by {who}: {gone}', only: { service: ['shop'] } },
  ],
});

test('marks are what the board’s file says and the rows of its streams, with their fields', () => {
  const asked: (PanelRequest | null)[] = [];
  const rows: PanelPicture = {
    kind: 'rows',
    fromUs: null,
    untilUs: null,
    unfiltered: [],
    stream: 'deploys',
    maxEventTimeUs: 9,
    watermarkUs: 9,
    receivedAtMs: 1,
    sealedAtMs: 1,
    columns: ['version', 'who', 'gone'].map((name) => ({ name, type: 'string', unit: null })),
    rows: [
      { eventTimeUs: 9, state: 'final', cells: ['2.1', 'Ada', null] },
      { eventTimeUs: 5, state: 'final', cells: ['2.0', 'Bo', 'x'] },
    ],
  };
  const marks = createRoot((dispose) => {
    const found = createAnnotations(
      () => board,
      (request) => {
        asked.push(request());
        return () => rows;
      },
    )();
    dispose();
    return found;
  });
  const us = (iso: string) => Date.parse(iso) * 1000;
  expect(marks).toEqual([
    {
      fromUs: us('2026-03-01T05:00:00Z'),
      untilUs: us('2026-03-01T06:00:00Z'),
      text: 'Maintenance',
      tone: 'warn',
    },
    { fromUs: us('2026-03-02T00:00:00Z'), untilUs: null, text: 'Sale', tone: null },
    { fromUs: 5, untilUs: null, text: '2.0 by Bo: x', tone: null },
    { fromUs: 9, untilUs: null, text: '2.1 by Ada: ', tone: null },
  ]);
  expect(asked).toEqual([
    {
      kind: 'rows',
      stream: 'deploys',
      columns: ['version', 'who', 'gone'],
      limit: 200,
      filters: [{ column: 'service', values: ['shop'], not: false }],
    },
  ]);
});

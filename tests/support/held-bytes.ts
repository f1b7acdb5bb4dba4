import type { CDPSession } from 'playwright';

/**
 * Kinds of nodes that scripts make; the rest is compiled code and what the browser writes down about the page. What typed
 * arrays hold is not in it, the arrays themselves are.
 */
const HELD = new Set([
  'object',
  'closure',
  'array',
  'string',
  'concatenated string',
  'sliced string',
  'number',
  'bigint',
]);

interface HeapSnapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: string[]; readonly node_types: [string[]] } };
  /** A row of `node_fields` for each node. */
  readonly nodes: number[];
}

/**
 * Bytes of what the page's scripts hold, its garbage collected. `JSHeapUsedSize` has the code in it that is compiled as
 * a function gets hot, and is a third more after some hundred turns of a page that holds not one object more.
 */
export async function heldBytes(devtools: CDPSession): Promise<number> {
  const chunks: string[] = [];
  const keep = ({ chunk }: { chunk: string }) => void chunks.push(chunk);
  devtools.on('HeapProfiler.addHeapSnapshotChunk', keep);
  await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  devtools.off('HeapProfiler.addHeapSnapshotChunk', keep);
  const { snapshot, nodes } = JSON.parse(chunks.join('')) as HeapSnapshot;
  const { node_fields: fields, node_types } = snapshot.meta;
  const [kinds] = node_types;
  const kind = fields.indexOf('type');
  const size = fields.indexOf('self_size');
  let bytes = 0;
  for (let node = 0; node < nodes.length; node += fields.length)
    if (HELD.has(kinds[nodes[node + kind] ?? -1] ?? '')) bytes += nodes[node + size] ?? 0;
  return bytes;
}

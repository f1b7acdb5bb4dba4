import type { RecordPart } from '../../contract/spec/field.ts';

/** A name within records: where its value goes, and the names inside it. */
export interface NameNode {
  readonly part: RecordPart | 'value';
  readonly path: readonly string[];
  readonly children: Map<string, NameNode>;
  /** Index of its column, or one of those below; null: none yet. */
  leaf: number | null;
  /** Another name of its column comes first: its value counts where that one is missing. */
  second: boolean;
}

/** The `leaf` of the time field, which has no cell of its own. */
export const TIME = -1;
/** The `leaf` of fields beyond the bound on columns. */
export const IGNORED = -2;

export function rootNode(part: NameNode['part']): NameNode {
  return { part, path: [], children: new Map(), leaf: null, second: false };
}

export function childNode(node: NameNode, name: string): NameNode {
  const child: NameNode = { ...rootNode(node.part), path: [...node.path, name] };
  node.children.set(name, child);
  return child;
}

/** The node of a path, made where it is missing. */
export function nodeAt(root: NameNode, path: readonly string[]): NameNode {
  return path.reduce((node, name) => node.children.get(name) ?? childNode(node, name), root);
}

/** Takes the column at `index` away: those after it move up. */
export function dropLeaf(node: NameNode, index: number): void {
  if (node.leaf !== null && node.leaf > index) node.leaf--;
  else if (node.leaf === index) node.leaf = null;
  for (const child of node.children.values()) dropLeaf(child, index);
}

/** The path of the first name that leads to `leaf`; null: none does. */
export function pathTo(node: NameNode, leaf: number): readonly string[] | null {
  if (node.leaf === leaf) return node.path;
  for (const child of node.children.values()) {
    const found = pathTo(child, leaf);
    if (found !== null) return found;
  }
  return null;
}

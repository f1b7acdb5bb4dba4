import { tokenAt } from './sql-text.ts';

/** Why a text cannot be read; the message says what would be right. */
export class TextError extends Error {}

/**
 * The arguments of a call, from the character after its opening parenthesis to the one that closes it: SQL texts, split
 * at commas outside of quotes and brackets, and where the text goes on. Throws TextError.
 */
export function readArguments(text: string, from: number): { args: string[]; end: number } {
  const args: string[] = [];
  const open: string[] = [];
  let start = from;
  for (let at = from, token = tokenAt(text, at); token !== null; token = tokenAt(text, at)) {
    const before = at;
    at += token.text.length;
    if (token.kind === 'open') throw new TextError(`a closing ${token.text}`);
    if (token.kind === 'comment') throw new TextError(`one SQL expression without comments ("${token.text}")`);
    if (token.text === ';') throw new TextError('one SQL expression without ";"');
    if (token.text === '(' || token.text === '[' || token.text === '{') open.push(token.text);
    else if (token.text === ',' && open.length === 0) {
      args.push(text.slice(start, before).trim());
      start = at;
    } else if (/^[)\]}]$/.test(token.text)) {
      const opening = open.pop();
      if (opening === undefined && token.text === ')') {
        const last = text.slice(start, before).trim();
        if (last !== '' || args.length > 0) args.push(last);
        if (args.includes('')) throw new TextError('no empty argument');
        return { args, end: at };
      }
      if (opening === undefined || opening + token.text !== PAIRS[opening])
        throw new TextError(`no "${token.text}" without its opening`);
    }
  }
  throw new TextError('a closing parenthesis');
}

const PAIRS: Readonly<Record<string, string>> = { '(': '()', '[': '[]', '{': '{}' };

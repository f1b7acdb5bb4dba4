/** The texts of a JSON list's elements, as they stand in it. `list` is known to be valid JSON, and a list. */
export function* listElements(list: string): Generator<string> {
  let depth = 0;
  let start = 0;
  for (let at = 0; at < list.length; at++) {
    const char = list[at];
    if (char === '"') at = endOfText(list, at);
    else if (char === '[' || char === '{') {
      if (depth++ === 0) start = at + 1;
    } else if (char === ',' && depth === 1) {
      yield list.slice(start, at).trim();
      start = at + 1;
    } else if ((char === ']' || char === '}') && --depth === 0) {
      const last = list.slice(start, at).trim();
      // An empty list has none.
      if (last !== '') yield last;
    }
  }
}

/** Where the text ends that begins at a quote. */
function endOfText(list: string, from: number): number {
  for (let at = from + 1; at < list.length; at++) {
    if (list[at] === '\\') at++;
    else if (list[at] === '"') return at;
  }
  return list.length;
}

/** A source's URL without who asks, for messages: `mqtt://me:secret@host/topic` → `mqtt://…@host/topic`. (S11) */
export function withoutUser(url: string): string {
  return url.replace(/^(\s*[a-z][a-z0-9+.-]*:\/+)?[\s\S]*@/i, '$1…@');
}

/** Any text of a file: without the user where there is a URL in it. */
export function withoutUserOfUrl(text: string): string {
  return /:\/[\s\S]*@/.test(text) ? withoutUser(text) : text;
}

import createDOMPurify from 'dompurify';
import { Marked } from 'marked';

/**
 * Markdown → HTML that is safe to show, and that fetches nothing:
 *
 *   scripts, styles, frames, forms     taken out
 *   pictures                           those inside the text (data:) stay; of others their words, as a link
 *   links                              http(s), mail and this page; those elsewhere open a tab of their own
 *   headings                           two levels lower: the panel's title is one of the second
 */
const marked = new Marked({ gfm: true, async: false });
marked.use({
  renderer: {
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + 2);
      return `<h${level} data-depth="${depth}">${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
  },
});

const TAGS =
  'a abbr b blockquote br code dd del details div dl dt em h3 h4 h5 h6 hr i img kbd li mark ol p pre s small span strong sub summary sup table tbody td th thead tr u ul';
const ATTRIBUTES = ['href', 'title', 'alt', 'src', 'align', 'start', 'open', 'colspan', 'rowspan', 'data-depth'];
const DATA_IMAGE = /^data:image\/(png|jpeg|gif|webp|avif);base64,/i;
const LINK = /^(https?:|mailto:|[?#/])/i;

const purify = createDOMPurify(window);
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'IMG' && !DATA_IMAGE.test(node.getAttribute('src') ?? '')) replaceImage(node);
  if (node.tagName !== 'A') return;
  const href = node.getAttribute('href') ?? '';
  const url = LINK.test(href) ? urlOf(href) : null;
  if (url === null) node.removeAttribute('href');
  else openElsewhere(node, url);
});

/** Called with text of boards, which anybody may have written. */
export function markdownHtml(text: string): string {
  const html = marked.parse(text, { async: false });
  return purify.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: [...ATTRIBUTES, 'target', 'rel'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
}

/** Null: it is no address, as `http://[` is none. */
function urlOf(href: string): URL | null {
  try {
    return new URL(href, location.href);
  } catch {
    return null;
  }
}

function openElsewhere(link: Element, { origin }: URL): void {
  if (origin === location.origin) {
    link.removeAttribute('target');
    return;
  }
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'noopener noreferrer');
}

function replaceImage(image: Element): void {
  const source = image.getAttribute('src') ?? '';
  const words = document.createElement('span');
  const name = image.getAttribute('alt') || 'picture';
  const url = /^https?:/i.test(source) ? urlOf(source) : null;
  if (url !== null) {
    const link = document.createElement('a');
    link.setAttribute('href', source);
    openElsewhere(link, url);
    link.textContent = name;
    words.append(link);
  } else words.textContent = name;
  image.replaceWith(words);
}

/**
 * Which topics a stream reads, as the source URL says after the brokers:
 *
 *     orders            one topic
 *     orders,returns    several, all of which there must be
 *     orders-*          all whose name fits, those created later too; * stands for any part of a name
 */
export interface TopicChoice {
  /** As written. */
  readonly text: string;
  readonly names: readonly string[];
  /** By pattern: topics may come and go. */
  readonly open: boolean;
}

export function topicChoice(text: string): TopicChoice {
  const names = [...new Set(text.split(','))];
  return { text, names, open: names.some((name) => name.includes('*')) };
}

/** Of these names, those that an open choice takes. Topic names hold no other sign that a regular expression knows. */
export function matching(choice: TopicChoice, names: readonly string[]): string[] {
  const patterns = choice.names.map((name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
  return names.filter((name) => patterns.some((pattern) => pattern.test(name)));
}

/** For messages: `topic "a"`, `topics "a", "b"`, `topics orders-*`. */
export function describeChoice({ names, open, text }: TopicChoice): string {
  if (open) return `topics ${text}`;
  return `${names.length > 1 ? 'topics' : 'topic'} ${names.map((name) => `"${name}"`).join(', ')}`;
}

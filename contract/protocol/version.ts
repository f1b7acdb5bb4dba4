/**
 * The wire protocol's number. Both ends refuse another number with `protocol_mismatch`, so a tab left open over an
 * upgrade reloads instead of misreading. One line per version:
 *
 *   1  2026-11-22  hello/welcome, subscribe/subscribed, schema, frame, progress, gap, credit, stats, bye
 *   2  2026-11-23  schema says how long rows are kept; windows of every kind
 *   3  2026-11-23  subscribe since an event time; conflated; schema says what it is conflated by
 *   4  2026-11-23  stats say when they were sent
 *   5  2026-11-23  losses say when they were noticed
 *   6  2026-11-23  boards come with playlists, with what is wrong with their files, and with which were made; a frame may
 *                  say what parts it was made of
 */
export const PROTOCOL_VERSION = 6;

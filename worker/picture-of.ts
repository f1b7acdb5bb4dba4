import { HighwaterError } from '../contract/errors.ts';
import { sourceStream } from '../contract/spec/source-stream.ts';
import type { Boards, PanelPicture, PanelRequest } from '../contract/worker-api.ts';
import type { Engine } from './engine.ts';
import { isBroken, reasonOf } from './engine-failures.ts';

/** The stream that a request's picture is made of; undefined: no board has its window. */
export function streamOf(request: PanelRequest, boards: Boards | null): string | undefined {
  return request.kind === 'rows' ? request.stream : sourceStream(request.window, boards?.windows ?? {});
}

/** Null while no boards are told, or the window's stream has no fields yet: there is nothing to show, and nothing wrong. */
export function pictureOf(engine: Engine, boards: Boards | null, request: PanelRequest): PanelPicture | null {
  if (isUntold(request, boards)) return null;
  const stream = streamOf(request, boards);
  if (stream !== undefined && (engine.position(stream) === null || engine.streamState(stream).schema === null))
    return null;
  try {
    return engine.picture(request);
  } catch (error) {
    if (isBroken(error)) throw error;
    return {
      kind: 'error',
      message: reasonOf(error),
      fix: error instanceof HighwaterError ? error.fix : 'Reload the page.',
    };
  }
}

/** Changes with what `pictureOf` gives. An engine's are 0 and more. */
export function revisionOf(engine: Engine, boards: Boards | null, request: PanelRequest): number | string {
  return isUntold(request, boards) ? -1 : engine.revision(request);
}

/** Its window may be one of boards that are still to be told. */
function isUntold({ kind }: PanelRequest, boards: Boards | null): boolean {
  return boards === null && kind !== 'rows';
}

/** Makes ready what requests need. What cannot be made for one of them its own picture says, and tries again. */
export function watchOf(engine: Engine, requests: readonly PanelRequest[]): void {
  try {
    engine.watch(requests);
  } catch (error) {
    if (isBroken(error)) throw error;
  }
}

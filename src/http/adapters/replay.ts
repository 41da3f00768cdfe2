import { notify } from "../../core/notify.js";
import type { PlainReply } from "../plain-reply.js";
import { replayedReply, type StoredReply } from "../stored-reply.js";
import type { KeySettings } from "./options.js";

/** The reply to a repeated request. It also calls `onReplay`. */
export function replayOf<Request>(
  stored: StoredReply,
  request: Request,
  { method, path }: { readonly method: string; path(): string },
  { route, onReplay, log }: KeySettings<Request>,
): PlainReply {
  const { status } = stored;
  notify((hook) => hook?.({ method, route: route?.(request) ?? path(), status }), onReplay);
  return replayedReply(stored, log);
}

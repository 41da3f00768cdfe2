import type { IncomingMessage, ServerResponse } from "node:http";

/** Middleware of Express, connect and `requestListener`. */
export type NodeMiddleware<Request extends IncomingMessage = IncomingMessage> = (
  request: Request,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** The field of a request that a framework has added, such as `body` or `ip` of Express. */
export function addedField(request: IncomingMessage, name: string): unknown {
  return Reflect.get(request, name);
}

/** The target of a request as the client sent it. Express changes `url` in its routers. */
export function targetOf(request: IncomingMessage): { readonly path: string; readonly query: string } {
  const original = addedField(request, "originalUrl");
  const target = typeof original === "string" ? original : (request.url ?? "");
  const at = target.indexOf("?");
  return at < 0 ? { path: target, query: "" } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

/** The route of Express, such as `/orders/:id`, else the path. */
export function routeOf(request: IncomingMessage): string {
  const [route, baseUrl] = [addedField(request, "route"), addedField(request, "baseUrl")];
  const path: unknown =
    typeof route === "object" && route !== null && "path" in route ? route.path : undefined;
  if (typeof path !== "string") return targetOf(request).path;
  return typeof baseUrl === "string" ? `${baseUrl}${path}` : path;
}

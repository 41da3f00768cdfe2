import { readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { ArgumentError } from "../core/errors.js";
import { asError } from "../core/notify.js";
import type { CacheControl, NextValue } from "./types.js";

/** A page of the build, as its files have it. */
export interface BuiltPage {
  /** The key with which Next.js asks for it. */
  readonly key: string;
  readonly value: NextValue;
  readonly cacheControl: CacheControl | undefined;
}

/** A route of `prerender-manifest.json`, as far as it is used. */
interface Route {
  readonly dataRoute: string | null;
  readonly initialRevalidateSeconds?: number | false | undefined;
  readonly initialExpireSeconds?: number | undefined;
}

interface Manifest {
  readonly routes: Readonly<Record<string, Route>>;
}

/** A `.meta` file. */
interface Meta {
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly postponed?: string | undefined;
  readonly segmentPaths?: readonly string[] | undefined;
  readonly cacheControl?: CacheControl | undefined;
  readonly routeCache?: { readonly key: string; readonly isFallback?: boolean | undefined } | undefined;
}

/** @throws ArgumentError unless `next build` has written one */
export function buildIdIn(distDir: string): string {
  const file = resolve(distDir, "BUILD_ID");
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new ArgumentError(
      "distDir",
      `the folder of a build: ${file} cannot be read. Give buildId without one`,
      {
        cause: asError(error),
      },
    );
  }
}

/** A route whose response the build has written. */
export interface BuiltRoute {
  readonly path: string;
  readonly writtenMs: number;
  /** Undefined if it cannot be read, or is no whole page. */
  read(): Promise<BuiltPage | undefined>;
}

/** The responses of the build, without their files. @throws Error without a manifest */
export async function builtRoutes(distDir: string): Promise<readonly BuiltRoute[]> {
  const text = await readFile(resolve(distDir, "prerender-manifest.json"), "utf8");
  const { routes }: Manifest = JSON.parse(text);
  const found: BuiltRoute[] = [];
  for (const [path, route] of Object.entries(routes)) {
    const files = filesOf(distDir, path, route);
    const stats = files && (await stat(files.body).catch(() => undefined));
    if (!files || !stats) continue;
    const read = () => builtPage(files, path, route).catch(() => undefined);
    found.push({ path, writtenMs: stats.mtimeMs, read });
  }
  return found;
}

interface Files {
  readonly base: string;
  readonly body: string;
  readonly isPages: boolean;
}

function filesOf(distDir: string, path: string, { dataRoute }: Route): Files | undefined {
  const isPages = dataRoute?.endsWith(".json") === true;
  const root = resolve(distDir, "server", isPages ? "pages" : "app");
  const base = join(root, path === "/" ? "index" : path);
  if (!base.startsWith(root + sep)) return undefined;
  return { base, body: base + (dataRoute === null ? ".body" : ".html"), isPages };
}

async function builtPage(files: Files, path: string, route: Route): Promise<BuiltPage | undefined> {
  const { base, isPages } = files;
  const [body, metaText] = await Promise.all([
    readFile(files.body),
    readFile(`${base}.meta`, "utf8").catch(() => "{}"),
  ]);
  const meta: Meta = JSON.parse(metaText);
  if (meta.routeCache?.isFallback) return undefined;
  const { status, headers, postponed, routeCache } = meta;
  const key = routeCache?.key ?? (path === "/" ? "/index" : path);
  const page = { key, cacheControl: meta.cacheControl ?? cacheControlOf(route) };
  if (route.dataRoute === null)
    return { ...page, value: { kind: "APP_ROUTE", body, status: status ?? 200, headers: headers ?? {} } };
  const html = body.toString("utf8");
  if (isPages) {
    const pageData: unknown = JSON.parse(await readFile(`${base}.json`, "utf8"));
    return { ...page, value: { kind: "PAGES", html, pageData, headers, status } };
  }
  const rscData = postponed === undefined ? await readFile(`${base}.rsc`) : undefined;
  const segmentData = meta.segmentPaths && (await segmentsOf(base, meta.segmentPaths));
  return { ...page, value: { kind: "APP_PAGE", html, rscData, postponed, headers, status, segmentData } };
}

async function segmentsOf(base: string, paths: readonly string[]): Promise<Map<string, Buffer>> {
  const segments = await Promise.all(
    paths.map(async (path) => [path, await readFile(`${base}.segments${path}.segment.rsc`)] as const),
  );
  return new Map(segments);
}

function cacheControlOf({
  initialRevalidateSeconds: revalidate,
  initialExpireSeconds: expire,
}: Route): CacheControl | undefined {
  return revalidate === undefined ? undefined : { revalidate, expire };
}

import { nextCache } from "./cache.mjs";

export default nextCache.useCacheHandler;

/** `moonpath/keyv`: storage for Keyv, and so for cache-manager and the cache of NestJS. */
export { createKeyvStore, type KeyvClient, type KeyvStore, type KeyvStoreOptions } from "./store.js";

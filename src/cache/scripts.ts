import type { Tenant } from "../../generated/ts/index.js";

/** The generated functions of `cache` for one tenant. */
export type TenantScripts = Tenant["cache"];

/** The generated functions of `quota` for one tenant. */
export type QuotaScripts = Tenant["quota"];

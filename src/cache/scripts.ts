import type { Tenant } from "../../generated/ts/index.js";

/** The generated functions of `cache` for one tenant. */
export type TenantScripts = Tenant["cache"];

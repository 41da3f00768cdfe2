import type { FastifyInstance, FastifyRequest } from "fastify";
import { entityTags } from "moonpath/fastify";
import type { NewProduct, ProductChange } from "../../catalogue/product-book.js";
import { productResource } from "../cache/product-versions.js";
import type { ShopContext } from "../context.js";
import { unknownProduct } from "../http/errors.js";
import { batchReply } from "./batch-reply.js";
import { newProductBody, paramsOf, productChangeBody, productIdsBody } from "./schemas.js";
import { openStock } from "./stocked-products.js";

/** Products: one, its page, a batch, and their changes. */
export function productRoutes(shop: FastifyInstance, context: ShopContext): void {
  shop.register(entityTags, { versions: context.versions.all });
  // The plugin applies only to routes that are added after it.
  shop.register(async (app) => routes(app, context));
}

function routes(shop: FastifyInstance, context: ShopContext): void {
  const { catalogue } = context;
  const config = {
    entityTags: ({ params }: FastifyRequest) => ({
      resource: productResource(String(Reflect.get(Object(params), "product"))),
    }),
  };
  type ByProduct = { Params: { product: string } };
  const params = paramsOf.product;

  shop.get<ByProduct>(
    "/api/v1/products/:product",
    { schema: { params }, config },
    async ({ params: { product }, entityTags: tags }) => {
      const found = await catalogue.entries.products.get({ product });
      if (found === undefined) throw unknownProduct();
      tags?.setNumberOfData(found.version);
      return found;
    },
  );

  shop.get<ByProduct>(
    "/api/v1/products/:product/details",
    { schema: { params } },
    async ({ params: { product } }) => {
      const found = await catalogue.details(product);
      if (found === undefined) throw unknownProduct();
      return found;
    },
  );

  shop.post<{ Body: { product_ids: string[] } }>(
    "/api/v1/batch/products",
    { schema: { body: productIdsBody } },
    async ({ body: { product_ids: ids } }) => batchReply(ids, await catalogue.batch(ids)),
  );

  shop.post<{ Body: NewProduct & { units: number } }>(
    "/api/v1/products",
    { schema: { body: newProductBody } },
    async ({ body: { units, ...made } }, reply) => {
      const created = await catalogue.create(made);
      await openStock(context, made.product, units);
      return reply.code(201).send(created);
    },
  );

  shop.put<ByProduct & { Body: ProductChange }>(
    "/api/v1/products/:product",
    { schema: { params, body: productChangeBody }, config },
    ({ params: { product }, body, entityTags: tags }) => catalogue.update(product, body, tags?.write),
  );

  shop.delete<ByProduct>(
    "/api/v1/products/:product",
    { schema: { params } },
    async ({ params: { product } }) => {
      const removed = await catalogue.remove([product]);
      if (removed.length === 0) throw unknownProduct();
      return { deleted: [product] };
    },
  );

  shop.post<{ Body: { product_ids: string[] } }>(
    "/api/v1/products/bulk-delete",
    { schema: { body: productIdsBody } },
    async ({ body }) => {
      const removed = await catalogue.remove(body.product_ids);
      return { deleted: removed.map(({ product }) => product) };
    },
  );
}

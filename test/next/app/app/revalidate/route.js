import { revalidatePath, revalidateTag } from "next/cache";

export async function GET(request) {
  const { searchParams } = new URL(request.url);
  const path = searchParams.get("path");
  const profile = searchParams.get("profile");
  const expire = searchParams.get("expire");
  if (path) revalidatePath(path);
  else
    revalidateTag(
      searchParams.get("tag"),
      expire === null ? (profile ?? undefined) : { expire: Number(expire) },
    );
  return new Response("done");
}

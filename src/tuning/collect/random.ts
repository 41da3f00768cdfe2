/** Numbers from 0 to 1 that a seed decides, the same in every process: mulberry32, by Tommy Ettinger. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Puts a list into a random order, each as likely: Fisher and Yates. */
export function shuffle<Item>(list: Item[], random: () => number): void {
  for (let last = list.length - 1; last > 0; last--) {
    const place = Math.floor(random() * (last + 1));
    const [one, other] = [list[last], list[place]];
    if (one === undefined || other === undefined) continue;
    list[last] = other;
    list[place] = one;
  }
}

import type { Call } from './plan.ts'

/** So many edits of one producer, in one batch, and of the other, one by one, a moment later. */
const [ofOne, ofTheOther] = [64, 14]

/** What producers call so that both wait for their turn for seconds: without faults the slots take two seconds for it. */
export function crowdOf(seed: number): Call[] {
  const prompt = (i: number) => ({ prompt: `crowd ${seed}-${i}`, n: 1, place: 'web' as const })
  const batch = Array.from({ length: ofOne }, (_, i) => prompt(i))
  return [
    { producer: 0, atMs: 0, twice: false, prompts: batch },
    ...Array.from({ length: ofTheOther }, (_, i): Call => ({
      producer: 1,
      atMs: 100 + 20 * i,
      twice: false,
      prompts: [prompt(ofOne + i)],
    })),
  ]
}

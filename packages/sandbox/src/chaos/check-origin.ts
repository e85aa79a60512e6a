import type { Facts, Violation } from './facts.ts'

/**
 * The simulator writes into each picture what it was made of. Whatever is stored for an edit must be made of its own
 * source and prompt: two edits of one prompt that took each other's task would have an image each, and a right bill.
 */
export function everyImageIsItsOwn({ acked, ledger, images }: Facts): Violation[] {
  const edits = new Map(acked.map((edit) => [edit.id, edit]))
  const whose = new Map(acked.map((edit) => [edit.origin.sources.join(), edit.id]))
  const objects = new Map(images.map((image) => [image.key, image]))
  return ledger.flatMap(({ id: editId, stored }) =>
    stored.flatMap(({ key }): Violation[] => {
      const origin = objects.get(key)?.origin
      const { origin: own } = edits.get(editId) ?? {}
      const wrong = (what: string): Violation[] => [{ invariant: 'I8', what: `${key} ${what}`, editId }]
      if (origin === undefined) return wrong('does not tell what it was made of')
      if (origin.sources.join() !== own?.sources.join())
        return wrong(`was made from the source of ${whose.get(origin.sources.join()) ?? 'nobody here'}`)
      return origin.prompt === own.prompt ? [] : wrong('was made with the prompt of another edit')
    }),
  )
}

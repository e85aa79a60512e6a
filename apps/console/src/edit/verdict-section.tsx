import type { Edit } from '@restyle/client/types'
import { giverOf, verdictWords } from '../rows/words.ts'
import { Facts } from '../ui/facts.tsx'
import { When } from '../ui/when.tsx'

/** What a person thinks of the images of an edit, who that was and why; nothing where nobody has said anything. */
export function VerdictSection({ verdict: told }: { verdict: Edit['verdict'] }) {
  if (told === undefined) return null
  const { verdict, note, at } = told
  const by = giverOf(told)
  return (
    <section className="card stack" aria-label="Verdict">
      <h2>Verdict</h2>
      <Facts
        facts={[
          ['Verdict', verdictWords[verdict]],
          ['By', by === undefined ? undefined : <bdi key="by">{by}</bdi>],
          ['Given', by === undefined ? undefined : <When key="at" at={at} />],
          ['Note', note === undefined ? undefined : <bdi key="note">{note}</bdi>],
        ]}
      />
    </section>
  )
}

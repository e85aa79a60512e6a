import type { Edit } from '@restyle/client/types'
import { Link } from 'wouter'
import { money } from '../app/format.ts'
import { pictureWords } from './facts.ts'

/** What made an edit, what it cost, and where its story stands. */
export function EditFacts({ edit }: { edit: Edit }) {
  const { seed } = edit.request
  return (
    <>
      <span>{edit.model}</span>
      {seed === undefined ? null : <span>seed {seed}</span>}
      <span>{money(edit.cost.micros, edit.cost.currency)}</span>
      <Link href={`/edits/${edit.id}`}>What happened to it</Link>
    </>
  )
}

/** How large a picture is, as far as it is known. `of`: how it is called. */
export function PictureFacts(props: { of: string; facts: Parameters<typeof pictureWords>[0] | undefined }) {
  const { of, facts = {} } = props
  const words = pictureWords(facts)
  return (
    <span>
      {of} {words === '' ? <span title="not known">—</span> : words}
    </span>
  )
}

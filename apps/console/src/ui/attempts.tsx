import type { EditHistory } from '@restyle/client/types'
import { money } from '../app/format.ts'
import { CopyButton } from './copy-button.tsx'
import { Facts } from './facts.tsx'
import { When } from './when.tsx'

/** Each submit as its receipts in the bucket have it: the evidence of what may have been paid. */
export function Attempts({ history }: { history: EditHistory }) {
  const { attempts, bounded, doubt } = history
  return (
    <section className="stack" aria-label="Attempts">
      <h2>Attempts</h2>
      {attempts.length === 0 ? <p className="muted">It was not submitted yet.</p> : null}
      {bounded === true ? <p className="muted">Only the last {attempts.length} are shown.</p> : null}
      {attempts.map(({ attempt, intent, answer, ended }) => (
        <section key={attempt} className="card stack" aria-label={`Attempt ${attempt}`}>
          <h3>Attempt {attempt}</h3>
          <Facts
            facts={[
              ['Intended', intent === undefined ? 'no receipt' : <When key="i" at={intent.at} />],
              ['No POST after', intent === undefined ? undefined : <When key="l" at={intent.leaseUntil} />],
              ['Lane', intent?.lane],
              [
                'Hash of the request',
                intent === undefined ? undefined : <code key="b">{intent.bodyHash}</code>,
              ],
              [
                'Reserved',
                intent?.reserved === undefined
                  ? undefined
                  : `${money(intent.reserved.micros, intent.reserved.currency)} on ${intent.reserved.day}`,
              ],
              [
                'Answer',
                answer === undefined
                  ? 'not known'
                  : answer.outcome === 'accepted'
                    ? `task ${answer.taskId}`
                    : `no task: ${answer.code}`,
              ],
              ['Answered', answer === undefined ? undefined : <When key="a" at={answer.at} />],
              ['Ended', ended],
              ['Receipts', <Receipts key="r" keys={[intent?.receipt, answer?.receipt]} />],
            ]}
          />
        </section>
      ))}
      {doubt === undefined ? null : <Doubt doubt={doubt} />}
    </section>
  )
}

/** What is known of a submit of which nobody knows what became. */
const Doubt = ({ doubt }: { doubt: NonNullable<EditHistory['doubt']> }) => (
  <Facts
    facts={[
      ['Why it is in doubt', doubt.why === undefined ? undefined : <bdi key="w">{doubt.why}</bdi>],
      [
        'The vendor said',
        doubt.answered === undefined ? undefined : (
          <bdi key="s">
            {[doubt.answered.cause, doubt.answered.code, doubt.answered.message].filter(Boolean).join(': ')}
          </bdi>
        ),
      ],
      [
        'Looked',
        doubt.looks === undefined ? undefined : (
          <span key="l">
            {doubt.looks.times} times since <When at={doubt.looks.since} />: <bdi>{doubt.looks.why}</bdi>
          </span>
        ),
      ],
      [
        'Tasks that may be its own',
        doubt.candidates.length === 0 ? 'none found' : <code key="c">{doubt.candidates.join(', ')}</code>,
      ],
    ]}
  />
)

const Receipts = ({ keys }: { keys: readonly (string | undefined)[] }) =>
  keys.map((key) =>
    key === undefined ? null : (
      <span key={key} className="row">
        <code>{key}</code>
        <CopyButton text={key} label={`Copy the key ${key}`} />
      </span>
    ),
  )

import type { Review } from '@restyle/client/types'
import { clock } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Table } from '../ui/table.tsx'
import { candidatesOf, echoWords, imagesWords, madeWords } from './evidence.ts'

/** The tasks that could be its own, each with what it says beside what the edit asked for. None is chosen before somebody does. */
export function Candidates(props: {
  review: Review
  refusal: string | undefined
  adopt: (taskId: string) => void
}) {
  const { review, refusal, adopt } = props
  const { zone } = usePreferences()
  const rows = candidatesOf(review)
  if (rows.length === 0) return <p>No task was found that could be its own.</p>
  return (
    <Table
      caption={`Tasks that could be that of ${review.edit.key}`}
      rows={rows}
      keyOf={({ taskId }) => taskId}
      columns={[
        {
          name: 'Task',
          cell: ({ taskId }) => (
            <span className="row">
              <code>{taskId}</code>
              <CopyButton text={taskId} label={`Copy the id of task ${taskId}`} />
            </span>
          ),
        },
        {
          name: 'Made',
          cell: ({ told }) =>
            told?.submittedAt === undefined ? (
              'not known'
            ) : (
              <>
                <time dateTime={told.submittedAt}>{clock(Date.parse(told.submittedAt), zone)}</time>
                <div className="muted">{madeWords(told, review.submit)}</div>
              </>
            ),
        },
        {
          name: 'State',
          cell: ({ told }) =>
            told === undefined ? (
              'not looked at'
            ) : (
              <>
                {told.state}
                <div className="muted">{imagesWords(told.images, review.edit.request.n)}</div>
              </>
            ),
        },
        {
          name: 'Prompt',
          cell: ({ told }) =>
            told === undefined ? (
              'not known'
            ) : (
              <>
                {echoWords[told.echo]} {told.prompt === undefined ? null : <bdi>{told.prompt}</bdi>}
              </>
            ),
        },
        {
          name: 'Decide',
          cell: ({ taskId }) => (
            <ActionButton refusal={refusal} act={() => adopt(taskId)}>
              It is this task<span className="unseen"> {taskId}</span>
            </ActionButton>
          ),
        },
      ]}
    />
  )
}

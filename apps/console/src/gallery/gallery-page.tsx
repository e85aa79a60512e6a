import { ApiError } from '@restyle/client/api-error'
import { Link, useParams } from 'wouter'
import { duration } from '../app/format.ts'
import { useBatch } from '../app/use-batch.ts'
import { Announcer } from '../ui/announcer.tsx'
import { useBatchName } from '../ui/batch-name.tsx'
import { useWait } from '../app/waiting.ts'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { LoadedGallery } from './loaded-gallery.tsx'
import { ExportLinks } from '../rows/export-links.tsx'
import { useBatchMap } from '../rows/use-batch-map.ts'
import { useRows } from '../rows/use-rows.ts'
import './gallery.css'

/** Thousands of pictures at a glance, and one after another. */
export function GalleryPage() {
  const { id } = useParams<{ id: string }>()
  return <GalleryOf key={id} id={id} />
}

function GalleryOf({ id }: { id: string }) {
  const batch = useBatch(id)
  const kept = useRows(id)
  const map = useBatchMap(id, kept.rows)
  const closed = map.error instanceof ApiError && [403, 404].includes(map.error.status ?? 0)
  const nameOf = useBatchName()
  const name = nameOf(batch.data ?? { id })
  return (
    <>
      {closed ? null : (
        <div className="page-head gallery-title">
          <h1>
            Pictures of <bdi>{name}</bdi>
          </h1>
          <div className="row">
            <Link href={`/batches/${id}`}>The batch</Link>
            <ExportLinks id={id} />
          </div>
        </div>
      )}
      {batch.data === undefined || closed ? null : <Announcer batches={[batch.data]} />}
      <Wait />
      <Read query={map} what="the rows of the batch" lines={5}>
        {(loaded) =>
          loaded.rows === 0 ? (
            <EmptyForEver title="The batch has no rows yet">
              <p>Rows that are sent to it appear here as they come.</p>
            </EmptyForEver>
          ) : (
            <LoadedGallery id={id} name={name} map={loaded} codes={batch.data?.codes ?? none} {...kept} />
          )
        }
      </Read>
    </>
  )
}

/** Says that the producer has asked to wait. */
function Wait() {
  const ms = useWait()
  return (
    <p role="status" className={ms === undefined ? 'unseen' : 'warn'}>
      {ms === undefined
        ? ''
        : `The producer asks to wait: rows and pictures go on by themselves in about ${duration(ms)}.`}
    </p>
  )
}

const none: readonly string[] = []

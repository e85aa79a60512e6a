import { ApiError } from '@restyle/client/api-error'
import type { Batch } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { LoadedGallery } from './loaded-gallery.tsx'
import { useBatchMap } from '../rows/use-batch-map.ts'
import './gallery.css'

/** Thousands of pictures at a glance, and one after another. */
export function GalleryPage() {
  const { id } = useParams<{ id: string }>()
  const batch = useQuery({
    queryKey: names.batch(id),
    queryFn: ({ signal }) => api.batches.read(id, { signal }),
  })
  const map = useBatchMap(id)
  const closed = map.error instanceof ApiError && [403, 404].includes(map.error.status ?? 0)
  const name = batch.data?.name ?? id
  return (
    <>
      {closed ? null : (
        <div className="page-head gallery-title">
          <h1>
            Pictures of <bdi>{name}</bdi>
          </h1>
          <div className="row">
            <Link href={`/batches/${id}`}>The batch</Link>
            <a href={`/v1/batches/${encodeURIComponent(id)}/results?verdict=approved&format=csv`} download>
              Export what is approved
            </a>
          </div>
        </div>
      )}
      <Read query={map} what="the rows of the batch" lines={5}>
        {(loaded) =>
          loaded.planes.rows === 0 ? (
            <EmptyForEver title="The batch has no rows yet">
              <p>Rows that are sent to it appear here as they come.</p>
            </EmptyForEver>
          ) : (
            <LoadedGallery key={id} id={id} name={name} map={loaded} codes={codesOf(batch.data)} />
          )
        }
      </Read>
    </>
  )
}

const none: readonly string[] = []
const codesOf = (batch: (Batch & { codes?: readonly string[] }) | undefined): readonly string[] =>
  batch?.codes ?? none

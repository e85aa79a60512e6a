import type { Edit, EditHistory } from '@restyle/client/types'
import { useState } from 'react'
import { api } from '../app/api.ts'
import { count } from '../app/format.ts'
import { isShowable } from '../app/showable.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Facts } from '../ui/facts.tsx'
import { When } from '../ui/when.tsx'

/** The images of an edit, stored or not. */
export function Images({ edit, history }: { edit: Edit; history: EditHistory | undefined }) {
  const { id, key, images } = edit
  return (
    <section className="card stack" aria-label="Images">
      <h2>Images</h2>
      {images.length === 0 ? <p className="muted">None yet.</p> : null}
      {images.map((image) => {
        const more = history?.images.find(({ index }) => index === image.index)
        return (
          <figure key={image.index} className="edit-image">
            {image.key === undefined ? null : (
              <Picture
                src={api.images.picturePath(id, image.index, 'full')}
                alt={`Image ${image.index + 1} of ${key}`}
              />
            )}
            <figcaption>
              <Facts
                facts={[
                  ['Image', String(image.index + 1)],
                  [
                    'State',
                    image.failure === undefined ? (
                      (more?.state ?? 'stored')
                    ) : (
                      <bdi key="f">{`failed: ${image.failure.code}: ${image.failure.message}`}</bdi>
                    ),
                  ],
                  [
                    'Address ends',
                    more?.expiresAt === undefined ? undefined : <When key="e" at={more.expiresAt} />,
                  ],
                  ['On a disk', more?.spilled === true ? 'it waits for the bucket' : undefined],
                  [
                    'Size',
                    image.width === undefined
                      ? undefined
                      : `${image.width} × ${image.height}, ${count(image.bytes ?? 0)} bytes, ${image.contentType}`,
                  ],
                  ['Key', image.key === undefined ? undefined : <Line key="k" text={image.key} what="key" />],
                  [
                    'SHA-256',
                    image.sha256 === undefined ? undefined : (
                      <Line key="s" text={image.sha256} what="SHA-256" />
                    ),
                  ],
                ]}
              />
            </figcaption>
          </figure>
        )
      })}
    </section>
  )
}

/** A source of an edit as it is named, with a small picture of it where the producer can show one. `at`: counted from 0. */
export const SourceLine = ({ edit, at, address }: { edit: Edit; at: number; address: string }) => (
  <span className="edit-source">
    {!isShowable(address) ? null : (
      <Picture
        src={api.images.sourcePath(edit.id, at, 'full')}
        small={api.images.sourcePath(edit.id, at, '320')}
        alt={`Source ${at + 1} of ${edit.key}`}
      />
    )}
    <bdi>{address}</bdi>
  </span>
)

const Line = ({ text, what }: { text: string; what: string }) => (
  <span className="row">
    <code>{text}</code>
    <CopyButton text={text} label={`Copy the ${what}`} />
  </span>
)

/** A picture that may be gone: then words stand in its place. `small`: what is shown of it, where that is another one. */
function Picture({ src, small = src, alt }: { src: string; small?: string; alt: string }) {
  const [broken, setBroken] = useState(false)
  return broken ? (
    <p className="picture-gone muted">The picture cannot be shown.</p>
  ) : (
    <a href={src} target="_blank" rel="noreferrer" aria-label={`${alt}, in full`}>
      <img src={small} alt={alt} onError={() => setBroken(true)} />
    </a>
  )
}

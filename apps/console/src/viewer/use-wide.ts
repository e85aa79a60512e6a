import { useEffect } from 'react'
import { changePreferences, readPreferences, usePreferences } from '../app/preferences.ts'

/** Whether the viewer has the whole window, which the next one has too; what stands around it is hidden while it is open. */
export function useWide(): boolean {
  const { wide } = usePreferences()
  useEffect(() => {
    document.documentElement.toggleAttribute('data-wide', wide)
    return () => document.documentElement.removeAttribute('data-wide')
  }, [wide])
  return wide
}

export const toggleWide = (): void => changePreferences({ wide: !readPreferences().wide })

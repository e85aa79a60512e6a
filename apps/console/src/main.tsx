import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, Suspense, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { Redirect, Route, Router, Switch } from 'wouter'
import { openQueries } from './app/api.ts'
import { aroundNavigation } from './app/before-leaving.ts'
import { usePreferences } from './app/preferences.ts'
import { listenToAddress, SessionScope, useSessionQuery } from './app/session.tsx'
import { listenToKeys } from './app/use-keys.ts'
import { entries, pages } from './routes.tsx'
import { SearchBox } from './search/search-box.tsx'
import { SignInPage } from './sign-in/sign-in-page.tsx'
import { Frame } from './ui/frame.tsx'
import { LiveDot } from './ui/live-dot.tsx'
import { Loading, NotFoundPage, Read } from './ui/states.tsx'
import { ToastPlace } from './ui/toasts.tsx'
import './ui/tokens.css'
import './ui/base.css'

function Console() {
  const session = useSessionQuery()
  const { theme, still } = usePreferences()
  useEffect(() => {
    const { dataset } = document.documentElement
    if (theme === 'system') delete dataset['theme']
    else dataset['theme'] = theme
    if (still) dataset['still'] = ''
    else delete dataset['still']
  }, [theme, still])
  return (
    <Read query={session} what="your session">
      {(signedIn) =>
        signedIn === null ? (
          <SignInPage />
        ) : (
          <SessionScope session={signedIn}>
            <Frame entries={entries} search={<SearchBox />} status={<LiveDot />}>
              <Suspense fallback={<Loading what="the page" />}>
                <Switch>
                  <Route path="/">
                    <Redirect to="/batches" replace />
                  </Route>
                  {pages.map(({ path, component }) => (
                    <Route key={path} path={path} component={component} />
                  ))}
                  <Route>
                    <NotFoundPage />
                  </Route>
                </Switch>
              </Suspense>
            </Frame>
          </SessionScope>
        )
      }
    </Read>
  )
}

listenToKeys(window)
listenToAddress(window)
const root = document.getElementById('root')
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={openQueries()}>
        <ToastPlace>
          <Router base="/console" aroundNav={aroundNavigation}>
            <Console />
          </Router>
        </ToastPlace>
      </QueryClientProvider>
    </StrictMode>,
  )

import type { DoctorMember } from '../../src/api/contract/index.ts'
import { Ago } from '../shared/ago.tsx'
import { t } from '../strings/index.ts'
import classes from './connections-page.module.css'

/** Addresses and ids, for whoever has to look closely. */
export function MemberDetails({ member }: { readonly member: DoctorMember }) {
  const { connection, deviceId, theirView, tried } = member
  const seenAt = theirView?.addresses ?? []
  return (
    <details className={classes['details']} open={connection === null && tried.length > 0}>
      <summary>{t.connections.details}</summary>
      {tried.length === 0 ? null : (
        <>
          <h3>{t.connections.tried}</h3>
          <ul>
            {tried.map(({ address, at, reason }) => (
              <li key={`${address} ${at}`}>
                <code>{address}</code>: {reason} (<Ago at={at} />)
              </li>
            ))}
          </ul>
        </>
      )}
      {connection === null ? null : (
        <>
          <h3>{t.connections.address}</h3>
          <ul>
            <li>
              <code>{connection.address}</code>
            </li>
          </ul>
        </>
      )}
      {seenAt.length === 0 ? null : (
        <>
          <h3>{t.connections.seenAt}</h3>
          <ul>
            {seenAt.map((address) => (
              <li key={address}>
                <code>{address}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>{t.machines.id}</h3>
      <ul>
        <li>
          <code>{deviceId}</code>
        </li>
      </ul>
    </details>
  )
}

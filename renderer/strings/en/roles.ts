/** Who may do what, in words. */
export const roles = {
  names: { owner: 'Owner', admin: 'Admin', member: 'Member', observer: 'Observer', helper: 'Helper' },
  as: { owner: 'an owner', admin: 'an admin', member: 'a member', observer: 'an observer', helper: 'a helper' },
  may: {
    owner: 'Does everything: invites, changes every role, removes anybody, and makes others owners.',
    admin: 'Reads and writes, invites, and changes or removes members and observers.',
    member: 'Reads and writes everything, and invites further members.',
    observer: 'Reads everything and writes nothing.',
    helper: 'A machine without a person: it keeps copies, passes on what others say, and computes.',
  },
} as const

import { isolated } from '../language/names.ts';

export const en = {
  title: 'Account and privacy',
  failed: 'This could not be loaded.',
  sections: {
    profile: { title: 'Profile', text: 'The name that others see.' },
    sessions: { title: 'Devices', text: 'Where you are signed in.' },
    password: { title: 'Password', text: 'Change the password of your account.' },
    privacy: { title: 'Privacy', text: 'Who may contact you, and what others see of you.' },
    blocked: { title: 'Blocked people', text: 'People who cannot write to you.' },
    delete: { title: 'Delete account', text: 'Remove your account for good.' },
  },

  profile: {
    name: 'Your name',
    hint: 'Others see it beside your messages.',
    saved: 'Your name is changed.',
    invalid: 'A name has at least one character, and no line breaks.',
  },

  sessions: {
    list: 'Your devices',
    current: 'This device',
    lastUsed: (when: string) => `Last used ${when}`,
    since: (when: string) => `Signed in since ${when}`,
    end: 'Sign out',
    endOf: (device: string) => `Sign out ${device}`,
    ended: (device: string) => `${isolated(device)} is signed out.`,
    endOthers: 'Sign out all other devices',
    endOthersSure: 'Sign out all other devices?',
    endOthersText: 'Whoever uses them has to sign in again.',
    othersEnded: 'All other devices are signed out.',
  },

  password: {
    current: 'Current password',
    new: 'New password',
    text: 'All other devices are signed out when you change it.',
    change: 'Change password',
    changed: 'Your password is changed, and all other devices are signed out.',
    wrong: 'The current password is wrong.',
    invalid: (least: number) =>
      `This cannot be the new password. It has at least ${least} characters, not only one character repeated, and is not your username.`,
  },

  privacy: {
    whoMayContact: 'Who may start a chat with you and add you to groups',
    contacts: { EVERYONE: 'Everyone', SHARED_CHAT: 'People I share a chat with' },
    contactsText: 'Others are told that you cannot be contacted. Chats that you are in stay.',
    sharesPresence: 'Others see whether you are online',
    sendsReadReceipts: 'Others see what you have read',
    on: 'Yes',
    off: 'No',
  },

  blocked: {
    list: 'Blocked people',
    empty: 'You have blocked nobody',
    emptyText: 'Block a person in the details of a chat.',
    unblockOf: (name: string) => `Unblock ${name}`,
  },

  delete: {
    will: 'What happens when you delete your account:',
    points: [
      'You are signed out on all devices, and nobody can sign in to it again.',
      'You leave all groups. A group that you own gets another owner; without other members it is deleted.',
      'Your messages and reactions stay for the others, by a “Deleted user”.',
      'Your drafts, saved messages, settings and blocks are deleted.',
    ],
    final: 'This cannot be undone.',
    password: 'Your password',
    delete: 'Delete account',
    sure: 'Delete your account for good?',
    wrong: 'The password is wrong.',
    done: 'Your account is deleted.',
  },
};

export type AccountTexts = typeof en;

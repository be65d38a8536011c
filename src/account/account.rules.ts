/** How a deleted user is shown: the messages stay, and name nobody. */
export const deletedProfile = (userId: string): { username: string; displayName: string } => ({
  username: `deleted_${userId.replaceAll('-', '').slice(0, 24)}`,
  displayName: 'Deleted user',
});

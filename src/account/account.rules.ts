/** The names that a deleted user is shown with. The user's messages stay, and no longer show who wrote them. */
export const deletedProfile = (userId: string): { username: string; displayName: string } => ({
  username: `deleted_${userId.replaceAll('-', '').slice(0, 24)}`,
  displayName: 'Deleted user',
});

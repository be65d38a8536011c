// Must be imported first: graphql-js reads NODE_ENV when it is loaded, and in production it skips its check for a second
// copy of itself at every value.
process.env.NODE_ENV ??= 'production';

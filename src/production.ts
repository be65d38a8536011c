// What is imported after this reads it: graphql-js spares itself a check for a second copy of itself at every value.
process.env.NODE_ENV ??= 'production';

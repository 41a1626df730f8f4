"use strict";

// The page that lets one try the API: it reads the document that this service makes of itself, and nothing else.
window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: document.getElementById("swagger-ui").dataset.document,
    dom_id: "#swagger-ui",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    docExpansion: "none",
    persistAuthorization: false,
    validatorUrl: null,
  });
});

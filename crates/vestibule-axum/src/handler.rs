vestibule_web::handler_types!(vestibule_axum);
